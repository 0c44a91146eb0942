"""The demonstration: every role, pairs that fit, a calendar that stays ahead, loaded once, refused elsewhere."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from config import Config
from portal import create_app
from portal.demo import loading
from portal.demo.calendar import days_to_move, moved
from portal.demo.cast import AGENCIES, PASSWORD, PEOPLE, STRONG_PAIRS
from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.assistance.domain.gaps import LEAST
from portal.features.assistance.domain.lifecycles import PledgeState, RequestState
from portal.features.assistance.models import Interest, Pledge, Request, RequestLine, SavedSearch
from portal.features.assistance.queries.gaps import public_gaps
from portal.features.documents.models import Document
from portal.features.exchanges.domain.lifecycles import PostState
from portal.features.exchanges.models import Fit, Post, PostWindow
from portal.features.matches.domain.lifecycle import ProposalState
from portal.features.matches.models import Proposal
from portal.features.people.models import Membership, Person
from portal.features.people.services.hashing import verify
from portal.infra.db import db
from portal.kernel.policy import Role
from portal.matching import rules, source
from tests.conftest import test_config as config_for

LATER = datetime(2031, 6, 15, 12, tzinfo=UTC)


def test_config(folder: Path, *, demo: bool) -> Config:
    return config_for(f"sqlite:///{folder / 'portal.db'}", folder, demo=demo)


test_config.__test__ = False  # type: ignore[attr-defined]


@pytest.fixture(scope="module", name="loaded")
def _loaded(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Loaded as it would be some years from now."""
    app = create_app(test_config(tmp_path_factory.mktemp("demo"), demo=True))
    with app.app_context():
        db.create_all()
        assert loading.load(at=LATER)
        db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return app


@pytest.fixture
def demonstration(loaded: Flask) -> Iterator[Flask]:
    with loaded.app_context():
        yield loaded
        db.session.remove()
        db.engine.dispose()


def test_there_is_someone_for_each_role_and_someone_with_two() -> None:
    roles = {role for person in PEOPLE for _, role in person.memberships}
    assert roles == set(Role) - {Role.SYSTEM}
    assert any(len(person.memberships) > 1 for person in PEOPLE)
    assert len({person.email for person in PEOPLE}) == len(PEOPLE)
    assert all(person.email.endswith(".example") for person in PEOPLE)


def test_the_named_pairs_have_posts_that_fit_strongly() -> None:
    programme = source.read(loading.PROGRAMME)
    strong = {
        (offer.agency, need.agency)
        for need in programme.needs
        for offer in programme.offers
        if rules.feasible(need, offer, programme.topics) and rules.score(need, offer).total >= 80
    }
    assert set(STRONG_PAIRS) <= strong
    staffed = {key for person in PEOPLE for key, _ in person.memberships}
    assert {key for pair in STRONG_PAIRS for key in pair} <= staffed


def test_loaded_in_its_own_year_the_calendar_stays() -> None:
    assert days_to_move(date(2027, 1, 4), loaded_on=date(2026, 11, 24)).days == 0


@pytest.mark.parametrize("year", range(2027, 2060))
def test_loaded_later_the_first_window_lies_in_the_next_year_and_weekdays_stay(year: int) -> None:
    for first in (date(2027, 1, 1), date(2027, 1, 4), date(2027, 2, 1)):
        later = first + days_to_move(first, loaded_on=date(year, 12, 31))
        assert later.year == year + 1
        assert later.weekday() == first.weekday()
        assert abs((later.replace(year=2027) - first).days) <= 7


def test_every_day_in_a_text_moves() -> None:
    by = days_to_move(date(2027, 1, 4), loaded_on=date(2027, 1, 1))
    assert moved("a,2027-01-04/2027-01-08;2027-02-01/2027-02-05,x", by) == (
        "a,2028-01-03/2028-01-07;2028-01-31/2028-02-04,x"
    )


def test_the_whole_programme_is_there_and_lies_ahead(demonstration: Flask) -> None:
    assert db.session.scalar(select(func.count()).where(Post.imported_key.is_not(None))) == 230
    assert db.session.scalar(select(func.min(PostWindow.starts_on))) >= date(LATER.year + 1, 1, 1)
    assert db.session.scalar(select(func.max(PostWindow.ends_on))) <= date(LATER.year + 2, 1, 31)
    pending = [a.key for a in db.session.scalars(select(Agency)) if a.status != AgencyStatus.VERIFIED]
    assert pending == [a.key for a in AGENCIES if a.status == AgencyStatus.PENDING]


def test_its_people_can_sign_in_with_the_printed_password(demonstration: Flask) -> None:
    people = db.session.scalars(select(Person)).all()
    assert len(people) == len(PEOPLE)
    assert all(verify(PASSWORD, person.password_hash) for person in people[:2])
    assert len(db.session.scalars(select(Membership)).all()) == len(loading.accounts())


def test_its_story_leaves_posts_and_proposals_in_many_states(demonstration: Flask) -> None:
    assert {p.state for p in db.session.scalars(select(Proposal))} == {
        ProposalState.PROPOSED,
        ProposalState.HOST_ACCEPTED,
        ProposalState.SENDER_ACCEPTED,
        ProposalState.CONFIRMED,
        ProposalState.DECLINED,
    }
    states = {state for (state,) in db.session.execute(select(Post.state).where(Post.imported_key.is_(None)))}
    assert states == {PostState.DRAFT, PostState.SUBMITTED, PostState.PUBLISHED}
    keys = {
        (agency.key, post.kind.value): post.id
        for post, agency in db.session.execute(
            select(Post, Agency).join(Agency).where(Post.imported_key.is_(None), Post.state == PostState.PUBLISHED)
        )
    }
    fit = db.session.scalars(
        select(Fit).filter_by(offer_id=keys["IT-BORD", "offer"], need_id=keys["NE-BORD", "need"])
    ).one()
    assert fit.score == 90  # as the first journey of the documentation tells it


def test_a_second_load_changes_nothing(demonstration: Flask) -> None:
    person = db.session.scalars(select(Person)).first()
    assert person
    person.name = "Somebody Else"
    db.session.commit()
    assert not loading.load(at=LATER)
    assert db.session.get_one(Person, person.id).name == "Somebody Else"


def test_the_command_prints_the_accounts_as_json(demonstration: Flask) -> None:
    printed = demonstration.test_cli_runner().invoke(args=["demo", "accounts"])
    accounts = json.loads(printed.output)
    assert {tuple(sorted(account)) for account in accounts} == {("agency", "email", "password", "role", "state")}
    assert next(a for a in accounts if a["agency"] == "SAFE-PASSAGE")["state"] is None
    assert {a["role"] for a in accounts} == {role.value for role in Role if role != Role.SYSTEM}


@pytest.mark.parametrize("command", ["load", "accounts"])
def test_elsewhere_the_commands_refuse(tmp_path: Path, command: str) -> None:
    app = create_app(test_config(tmp_path, demo=False))
    answer = app.test_cli_runner().invoke(args=["demo", command])
    assert answer.exit_code == 1
    assert PASSWORD not in answer.output
    with app.app_context():
        db.engine.dispose()


def test_the_last_reader_is_open_and_every_end_of_a_request_and_of_a_pledge_is_there(demonstration: Flask) -> None:
    readers = db.session.scalars(
        select(RequestLine)
        .join(Request)
        .where(Request.title.contains("corridor Agadez"), Request.state == RequestState.OPEN, RequestLine.number == 1)
    ).one()
    assert (readers.quantity, readers.open) == (10, 1)
    states = set(db.session.scalars(select(Request.state).distinct()))
    assert {RequestState.FULFILLED, RequestState.CLOSED_PARTLY, RequestState.CLOSED_UNMET} <= states
    pledges = set(db.session.scalars(select(Pledge.state).distinct()))
    assert {PledgeState.LAPSED, PledgeState.COMMITTED, PledgeState.FULFILLED, PledgeState.ACCEPTED} <= pledges
    committed = set(db.session.scalars(select(Pledge.ref).where(Pledge.agreement != "")))
    assert committed == set(db.session.scalars(select(Document.ref).where(Document.subject == "pledge")))
    assert db.session.scalar(select(func.count()).select_from(SavedSearch)) == 3
    assert db.session.scalar(select(func.count()).select_from(Interest)) == 2


def test_the_public_reads_figures_of_the_demonstration(demonstration: Flask) -> None:
    found = public_gaps()
    assert found is not None
    assert found.by_heading
    assert found.by_state
    assert found.headings_withheld >= LEAST
