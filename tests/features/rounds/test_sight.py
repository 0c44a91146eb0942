"""Who sees a round: overseers always, verified agencies from its opening on; and what of others an agency never sees."""

import pytest

from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.queries import with_seen
from portal.features.rounds import services
from portal.features.rounds.models import Round, RunLeft
from portal.features.rounds.queries import visible
from portal.features.rounds.queries.own import own_left, own_pairs
from portal.features.rounds.views.own_words import left_over
from portal.infra.db import db
from portal.kernel.labels import Tlp
from tests.client import PageClient
from tests.features.matches.acts import NOW, actor
from tests.features.rounds.acts import more_needs, opened, planned, seen_by, sent
from tests.world import PERSONAS, World, add_post

OVERSEERS = {"secretariat", "second_secretariat", "auditor"}
UNVERIFIED = {"pending_approver"}


@pytest.mark.parametrize("is_open", [False, True])
def test_who_sees_it(world: World, *, is_open: bool) -> None:
    round_ = (opened if is_open else planned)(world)
    expected = set(PERSONAS) - UNVERIFIED if is_open else OVERSEERS
    assert {name for name in PERSONAS if seen_by(world, name, round_)} == expected


def test_the_rule_in_python_says_the_same_as_the_query(world: World) -> None:
    one, other, third = opened(world), planned(world), planned(world)
    services.cancel(third, by=actor(world, "secretariat"), at=NOW, reason="Too early.")
    db.session.flush()
    for name in PERSONAS:
        by = actor(world, name)
        seen = {found.id for found in db.session.scalars(visible(by))}
        assert seen == {r.id for r in (one, other, third) if r.disclosed_to(by)}, name


def test_an_agency_reads_its_own_result_and_nobody_elses(world: World) -> None:
    round_ = sent(world, "offer", "need", *more_needs(world, 2))
    host, sender, stranger = (actor(world, f"{name}_editor") for name in ("host", "sender", "stranger"))
    assert len(own_pairs(host, round_)) == len(own_pairs(sender, round_)) == 1
    assert len(own_left(sender, round_)) == 2
    assert own_left(host, round_) == []
    assert own_pairs(stranger, round_) == own_left(stranger, round_) == []
    assert own_pairs(actor(world, "secretariat"), round_) == [], "who reviews all has none of its own"


def test_what_would_help_counts_only_offers_that_the_reader_may_see(world: World) -> None:
    shown = world.refs["offer"]
    hidden = add_post(world, PostKind.OFFER, "host", label=Tlp.AMBER_STRICT).ref
    db.session.flush()
    need = with_seen(world.post("need"), None)

    def left(*refs: str) -> RunLeft:
        change = {"code": "max_days_raised", "params": {"from_days": 5, "days": 6}, "opened": list(refs)}
        return RunLeft(post=need, kind=PostKind.NEED, left=1, code="nothing_fits", params={"changes": [change]})

    reader = actor(world, "sender_editor")
    words = [one.why for one in left_over(reader, [left(shown), left(shown, hidden), left(hidden)])]
    assert words[1] == words[0], "an offer that is closed to the reader is not counted"
    assert len(words[2]) == 1, "and alone it is not hinted at"


def test_before_it_is_sent_no_agency_reads_a_result(world: World, client: PageClient) -> None:
    from tests.features.rounds.acts import chosen

    round_ = chosen(world)
    db.session.commit()
    by = actor(world, "host_approver")
    assert own_pairs(by, round_) == own_left(by, round_) == []
    page = client.sign_in(world.people["host_approver"]).get(f"/en/exchanges/rounds/{round_.ref}")
    assert world.refs["offer"] in page.text
    assert world.refs["need"] not in page.text


@pytest.mark.parametrize("persona", ["stranger_approver", "donor_officer"])
def test_a_stranger_reads_rules_but_no_post_and_no_figure_of_few(
    world: World, client: PageClient, persona: str
) -> None:
    round_ = sent(world)
    proposals = own_pairs(actor(world, "host_approver"), round_)
    client.sign_in(world.people[persona])
    for path in ("", "/report"):
        page = client.get(f"/en/exchanges/rounds/{round_.ref}{path}")
        assert page.status_code == 200
        assert round_.seed in page.text
        for secret in (world.refs["offer"], world.refs["need"], proposals[0].proposal.ref, "Polizia di Frontiera"):
            assert secret not in page.text
    for path in ("runs", "runs/1", "pairs", "posts", "left", "compare"):
        assert client.get(f"/en/exchanges/rounds/{round_.ref}/{path}").status_code == 403
    seen = client.get(f"/api/v1/rounds/{round_.ref}").get_json()
    assert seen["posts"] == seen["proposals"] == []
    assert "runs" not in seen


def test_a_planned_round_does_not_exist_for_agencies(world: World, client: PageClient) -> None:
    round_ = planned(world)
    db.session.commit()
    client.sign_in(world.people["host_approver"])
    assert client.get(f"/en/exchanges/rounds/{round_.ref}").status_code == 404
    assert client.get(f"/api/v1/rounds/{round_.ref}").status_code == 404
    assert round_.ref not in client.get("/en/exchanges/rounds").text
    assert db.session.get_one(Round, round_.id).opened_at is None
