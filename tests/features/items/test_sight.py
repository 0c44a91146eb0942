"""Who sees which item and finding: the SQL and the Python rule agree on every persona, every label and every party."""

import pytest
from flask import Flask

from portal.features.items.models import Item
from portal.features.items.queries import find, find_finding, visible
from portal.features.items.queries.records import by_id
from portal.infra.db import db
from portal.kernel.labels import Tlp
from tests.features.exchanges.acting import acting, everyone
from tests.features.items.acts import found_wrong, in_use, registered, transfer_asked
from tests.world import World

OF_THE_HOLDER = {"sender_officer", "sender_editor", "sender_approver", "sender_coordinator"}
OF_THE_DONOR = {"donor_officer", "donor_approver", "inspector"}
OVERSEERS = {"secretariat", "second_secretariat", "auditor"}


def seen_by_whom(world: World, ref: str) -> set[str]:
    return {name for name, actor in everyone(world).items() if find(actor, ref) is not None}


def test_the_sql_and_the_rule_agree_for_everyone(app: Flask, world: World) -> None:
    plain, moved = registered(world), transfer_asked(world, in_use(world))
    items = {item.id: item.ref for item in (plain, moved)}
    seen = 0
    for label in (Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED):
        db.session.execute(db.update(Item).values(label=label))
        for name, actor in everyone(world).items():
            found = set(db.session.scalars(db.select(Item.id).where(visible(actor))))
            for number, ref in items.items():
                item = by_id(number)
                assert item is not None
                said = item.disclosed_to(actor)
                assert (number in found) == said, (name, label, ref)
                seen += said
    assert seen > len(items)


@pytest.mark.parametrize(("label", "overseers"), [(Tlp.AMBER, OVERSEERS), (Tlp.AMBER_STRICT, set()), (Tlp.RED, set())])
def test_its_parties_see_an_item_and_overseers_only_what_its_label_allows(
    app: Flask, world: World, label: Tlp, overseers: set[str]
) -> None:
    item = registered(world)
    db.session.execute(db.update(Item).values(label=label))
    assert seen_by_whom(world, item.ref) == OF_THE_HOLDER | OF_THE_DONOR | overseers


def test_an_agency_sees_an_item_from_the_day_on_which_it_is_asked_to_take_it_over(app: Flask, world: World) -> None:
    item = in_use(world)
    assert find(acting(world, "stranger_approver"), item.ref) is None
    transfer_asked(world, item)
    assert find(acting(world, "stranger_approver"), item.ref) is not None


def test_a_finding_is_seen_by_those_who_see_its_item(app: Flask, world: World) -> None:
    finding = found_wrong(world, in_use(world))
    seen = {name for name, actor in everyone(world).items() if find_finding(actor, finding.ref) is not None}
    assert seen == OF_THE_HOLDER | OF_THE_DONOR | OVERSEERS
