"""What a donor publishes: valid against the standard, complete, and silent about what is not for everyone."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from lxml import etree

from portal.features.assistance.models import Pledge, Request
from portal.features.portfolios.domain.codes import CODES, WrongCode, wrong_codes
from portal.features.portfolios.domain.reporting import (
    COMMITMENT,
    DISBURSEMENT,
    PLEDGE,
    Activity,
    Openness,
    Organisation,
    Planned,
    Transaction,
    openness,
    region_of,
)
from portal.features.portfolios.exports import iati
from portal.infra.db import db, now
from portal.kernel.labels import Tlp
from portal.kernel.money import Money
from portal.kernel.states import STATES
from tests.client import PageClient
from tests.features.assistance.pledging import today
from tests.features.exchanges.acting import acting
from tests.features.portfolios.given import everything
from tests.features.portfolios.standard import THERE, codes_of, needs_the_standard, problems
from tests.world import World

GOLDEN = Path(__file__).parent / "golden" / "iati.xml"
AT = datetime(2026, 11, 26, 9, tzinfo=UTC)
DONOR = Organisation("Ministry for Development Cooperation", "10", "PORTAL-DK-DEVE")


def some(**changes: Any) -> Activity:
    euros = Money(1850000, "EUR")
    values: dict[str, Any] = {
        "ref": "PL-2026-7K3QMC",
        "titles": {"en": "Assistance: readers & “more”", "fr": "Assistance : lecteurs <documents>"},
        "status": "2",
        "planned_start": date(2026, 9, 1),
        "actual_start": date(2026, 9, 15),
        "country": "NE",
        "region": "",
        "aid_type": "C01",
        "flow": "21",
        "tied": "5",
        "reason": None,
        "recipient": Organisation("Police des frontières", "10"),
        "implementer": Organisation("Open Harbour", "22"),
        "transactions": [
            Transaction(PLEDGE, date(2026, 8, 1), euros * 6),
            Transaction(COMMITMENT, date(2026, 9, 15), euros * 6),
            Transaction(DISBURSEMENT, date(2026, 10, 20), euros * 5, "3"),
        ],
        "planned": None,
    }
    return Activity(**values | changes)


SAMPLES = [
    some(),
    some(ref="PL-2026-8M4RND", status="1", actual_start=None, country="", region="1030", reason=2, recipient=None,
         implementer=None, flow="", transactions=[Transaction(PLEDGE, date(2026, 11, 2), Money(1500, "JPY"))],
         planned=Planned(date(2027, 3, 1), Money(1500, "JPY"), date(2026, 11, 2))),
]  # fmt: skip


def written(activities: list[Activity]) -> bytes:
    return b"".join(iati.as_xml(activities, DONOR, at=AT))


def test_the_file_is_as_it_was_reviewed() -> None:
    assert written(SAMPLES).decode() == GOLDEN.read_text(encoding="utf-8")


def test_the_file_has_only_codes_of_their_lists() -> None:
    assert list(wrong_codes(etree.fromstring(written(SAMPLES)))) == []
    wrong = written([some(country="UK", aid_type="X99", flow="20")])
    assert {(one.value, one.codelist) for one in wrong_codes(etree.fromstring(wrong))} == {
        ("UK", "Country"),
        ("X99", "AidType"),
        ("20", "FlowType"),
    }
    [found] = wrong_codes(etree.fromstring(written([some(tied="1")])))
    assert found == WrongCode("iati-activity/default-tied-status/@code", "1", "TiedStatus")


def test_every_state_has_a_region_of_the_standard() -> None:
    assert {region_of(iso2) for iso2 in STATES} <= CODES["Region"]
    assert [region_of(iso2) for iso2 in ("NE", "IT", "TN", "JO", None)] == ["1030", "89", "189", "798", "998"]


def test_how_much_is_said_follows_the_label() -> None:
    assert [openness(label, anonymous=False) for label in (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER)] == [
        Openness.EVERYTHING,
        Openness.COUNTRY,
        Openness.REGION,
    ]
    hidden = [openness(label, anonymous=False) for label in (Tlp.AMBER_STRICT, Tlp.RED)]
    assert {*hidden, *(openness(label, anonymous=True) for label in Tlp)} == {Openness.NOTHING}


# ------------------------------------------------------------------------------------------------------ the standard


@needs_the_standard
def test_the_schema_the_code_lists_and_the_rules_of_the_standard_accept_the_file() -> None:
    assert list(problems(written(SAMPLES), today=AT.date())) == []


@needs_the_standard
@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        (some(transactions=[Transaction(PLEDGE, date(2031, 1, 1), Money(1, "EUR"))]), "11.2.1"),
        (some(actual_start=date(2031, 1, 1)), "11.1.4"),
        (some(country="XX"), "Country"),
        (some(titles={}), "schema"),
    ],
)
def test_the_checks_by_the_standard_find_what_is_wrong(broken: Activity, problem: str) -> None:
    assert problem in set(problems(written([broken]), today=AT.date()))


@needs_the_standard
def test_our_codes_are_those_of_the_standard() -> None:
    for codelist, codes in CODES.items():
        assert codes <= codes_of(codelist), codelist


# ------------------------------------------------------------------------------------------------- from real records


def file_of(world: World, who: str = "donor_officer") -> str:
    db.session.expire_all()
    actor = acting(world, who)
    donor = iati.reporting(world.agency("donor"))
    return b"".join(iati.as_xml(iati.published(actor, today=today()), donor, at=now())).decode()


def test_a_donors_file_says_what_labels_allow_and_no_more(app: Flask, client: PageClient, world: World) -> None:
    given = everything(world)
    secret, hidden, sent = given["secret"], given["hidden"], given["sent"]
    db.session.execute(db.update(Request).values(title="Qzxmarker", problem="Qzxmarker", end_user_unit="Qzxmarker"))
    db.session.commit()
    text = file_of(world, "donor_approver")
    root = etree.fromstring(text.encode())
    assert "Qzxmarker" not in text
    assert list(wrong_codes(root)) == []
    activities = {one.findtext("other-identifier") or one.find("other-identifier").get("ref"): one for one in root}  # type: ignore[union-attr]
    pledges = {pledge.ref: pledge for pledge in db.session.scalars(db.select(Pledge))}
    said = {
        ref for ref, one in pledges.items() if one.agency_id == world.agencies["donor"] and one.request_id != secret.id
    }
    assert set(activities) == said
    mine = activities[sent.ref]
    kinds = [(one.find("transaction-type").get("code"), one.findtext("value")) for one in mine.iter("transaction")]  # type: ignore[union-attr]
    assert kinds == [("12", "111000.00"), ("2", "111000.00"), ("3", "92500.00")]
    assert [one.get("code") for one in mine.iter("disbursement-channel")] == ["4"]
    assert [one.get("code") for one in mine.iter("recipient-country")] == ["NE"]
    for one in (activities[ref] for ref in said if pledges[ref].request_id == hidden.id):
        assert one.find("recipient-country") is None
        assert one.find("recipient-region").get("code") == "1030"  # type: ignore[union-attr]
        assert "Reason 2" in "".join(one.itertext())
        assert "reader" not in "".join(one.find("title").itertext()).lower()  # type: ignore[union-attr]
    assert any(one.find("planned-disbursement") is not None for one in activities.values())
    assert not THERE or list(problems(text.encode(), today=today())) == []
    the_page_gives_it_to_donors_alone(client, world)


def test_a_donor_that_the_register_knows_publishes_under_its_identifier(world: World) -> None:
    sent = everything(world)["sent"]
    donor = world.agency("donor")
    assert iati.reporting(donor).ref == f"PORTAL-{donor.key}"
    donor.iati_org_id = "XM-DAC-41128"
    db.session.commit()
    root = etree.fromstring(file_of(world).encode())
    assert {one.get("ref") for one in root.iter("reporting-org")} == {"XM-DAC-41128"}
    assert f"XM-DAC-41128-{sent.ref}" in {one.text for one in root.iter("iati-identifier")}


def the_page_gives_it_to_donors_alone(client: PageClient, world: World) -> None:
    answer = client.sign_in(world.people["donor_officer"]).get("/en/assistance/portfolio/iati.xml")
    assert answer.mimetype == "application/xml"
    assert etree.fromstring(answer.data).get("version") == "2.03"
    for who in ("sender_editor", "secretariat", "pending_approver"):
        assert client.sign_in(world.people[who]).get("/en/assistance/portfolio/iati.xml").status_code == 403
