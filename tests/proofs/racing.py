"""Four real processes that do the same thing to one database at the same moment, and tell what came of it."""

import collections
import multiprocessing
import time
from collections.abc import Callable, Sequence
from multiprocessing.synchronize import Barrier
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Column, Engine, Integer, MetaData, Table, create_engine, func, insert, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import joinedload
from sqlalchemy.orm.exc import StaleDataError

from portal import create_app
from portal.features.exchanges.queries import by_id
from portal.features.exchanges.services import withdraw as withdraw_post
from portal.features.exchanges.services.writing import write_version
from portal.features.matches import services
from portal.features.matches.domain.commands import Accept, Counter, Withdraw
from portal.features.matches.domain.lifecycle import Side
from portal.features.matches.models import Proposal
from portal.features.matches.queries.proposals import WITH_PARTIES
from portal.features.matches.services.steps import lock_posts
from portal.features.people.models import Membership
from portal.features.people.queries import actor_of
from portal.infra.db import db, now
from portal.infra.history import advance
from portal.kernel.errors import DomainError
from portal.kernel.policy import SYSTEM
from tests.conftest import test_config

Work = Callable[..., Sequence[str]]
PROCESSES = 4
PLACES = 10
PRESSES = 20
DRAWING_A_PAGE = 0.003
"""Seconds between what a naive program reads and what it writes."""


def run_race(work: Work, url: str, folder: Path, items: Sequence[Any]) -> collections.Counter[str]:
    """Split `items` over four processes, let them all start at once, and count their outcomes."""
    context = multiprocessing.get_context("forkserver")  # one process reads the modules, and each racer starts from it
    context.set_forkserver_preload([__name__])
    start = context.Barrier(PROCESSES)
    results = context.Queue()
    shares = [items[number::PROCESSES] for number in range(PROCESSES)]
    racers = [context.Process(target=_run, args=(work, url, folder, share, start, results)) for share in shares]
    for racer in racers:
        racer.start()
    outcomes: collections.Counter[str] = collections.Counter()
    for _racer in racers:
        outcomes.update(results.get(timeout=900))
    for racer in racers:
        racer.join(timeout=30)
    return outcomes


def _run(
    work: Callable[..., Sequence[str]], url: str, folder: Path, share: Sequence[Any], start: Barrier, results: Any
) -> None:
    try:
        results.put(list(work(url, folder, share, start)))
    except Exception as error:  # noqa: BLE001 - the judge must hear of it, whatever it is
        results.put([f"broke: {error!r}"] * len(share))


# ------------------------------------------------------------------------------------------------------ the portal


def accept_all(url: str, folder: Path, share: Sequence[tuple[int, int]], start: Barrier) -> list[str]:
    """Accept each (proposal, membership) as that approver would, each in a transaction of its own."""
    app = create_app(test_config(url, folder))
    with app.app_context():
        db.session.execute(select(func.count(Proposal.id)))
        db.session.rollback()
    start.wait()
    return [_accept(app, proposal_id, membership_id) for proposal_id, membership_id in share]


def _accept(app: Flask, proposal_id: int, membership_id: int) -> str:
    """Press the button; and again when the portal says that it cannot answer just now, as its page asks people to."""
    for _press in range(PRESSES):
        with app.app_context():
            try:
                return _press_once(proposal_id, membership_id)
            except OperationalError:
                db.session.rollback()
            except Exception as error:  # noqa: BLE001 - what it says is counted
                db.session.rollback()
                return type(error).__name__
    return "no answer"


def _press_once(proposal_id: int, membership_id: int) -> str:
    query = select(Membership).filter_by(id=membership_id).options(joinedload(Membership.agency))
    by = actor_of(db.session.scalars(query).one())
    proposal = db.session.get_one(Proposal, proposal_id)
    command = Accept(version=proposal.terms_version, hash=proposal.terms_hash)
    state = services.accept(command, proposal, by=by, at=now()).state.value
    db.session.commit()
    return state


def mix_all(url: str, folder: Path, share: Sequence[tuple[str, int, int]], start: Barrier) -> list[str]:
    """Take each (step, proposal, membership): accept, counter, withdraw, decline, release, revise or withdraw a post."""
    app = create_app(test_config(url, folder))
    start.wait()
    return [_step(app, *item) for item in share]


def _step(app: Flask, step: str, proposal_id: int, membership_id: int) -> str:
    for _press in range(PRESSES):
        with app.app_context():
            try:
                _take(step, proposal_id, membership_id)
                db.session.commit()
            except (DomainError, StaleDataError):
                db.session.rollback()
                return "refused"
            except OperationalError as error:
                db.session.rollback()
                if "deadlock" in str(error):
                    return "deadlock"
            except Exception as error:  # noqa: BLE001 - what it says is counted
                db.session.rollback()
                return f"{type(error).__name__}: {error}"
            else:
                return "done"
    return "no answer"


def _take(step: str, proposal_id: int, membership_id: int) -> None:
    query = select(Membership).filter_by(id=membership_id).options(joinedload(Membership.agency))
    by, at = actor_of(db.session.scalars(query).one()), now()
    proposal = db.session.scalars(select(Proposal).filter_by(id=proposal_id).options(*WITH_PARTIES)).one()
    seen = {"version": proposal.terms_version, "hash": proposal.terms_hash}
    if step == "accept":
        services.accept(Accept(**seen), proposal, by=by, at=at)
    elif step == "counter":
        days = {"starts_on": proposal.starts_on, "ends_on": proposal.ends_on, "officers": proposal.officers}
        services.counter(Counter(**seen, **days), proposal, by=by, at=at)
    elif step == "withdraw":
        services.withdraw(Withdraw(reason="Plans have changed."), proposal, by=by, at=at)
    elif step == "release":
        services.release(proposal, by=SYSTEM, at=at, reason="Plans have changed.")
    else:
        post = by_id(proposal.post_of(proposal.side_of(by) or Side.HOST).id)
        if post is not None and step == "revise":
            lock_posts(post.id)  # as the guarded UPDATE of the new capacity does
            db.session.refresh(post, attribute_names=["version", "terms_version", "state"])
            write_version(post, at=at)
            advance(post.lifecycle, post, "revise", by=by, at=at)
        elif post is not None:
            withdraw_post(post, by=by, at=at, reason="Plans have changed.")


# ---------------------------------------------------------------------------------------- the naive twin: no guard

metadata = MetaData()
naive_offer = Table("naive_offer", metadata, Column("id", Integer, primary_key=True), Column("capacity", Integer),
                    Column("claimed", Integer))  # fmt: skip
naive_confirmed = Table("naive_confirmed", metadata, Column("id", Integer, primary_key=True), Column("need", Integer))


def make_naive(engine: Engine) -> None:
    metadata.drop_all(engine)
    metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(insert(naive_offer).values(id=1, capacity=PLACES, claimed=0))


def accept_all_naively(url: str, _folder: Path, share: Sequence[int], start: Barrier) -> list[str]:
    """Read what is free in one transaction, write in the next, in a table that allows anything."""
    engine = create_engine(url, connect_args={"timeout": 30} if url.startswith("sqlite") else {})
    with engine.connect() as connection:
        connection.execute(select(naive_offer.c.id))
    start.wait()
    outcomes = []
    for need in share:
        with engine.begin() as connection:
            capacity, claimed = connection.execute(select(naive_offer.c.capacity, naive_offer.c.claimed)).one()
        if claimed >= capacity:
            outcomes.append("full")
            continue
        time.sleep(DRAWING_A_PAGE)
        with engine.begin() as connection:
            connection.execute(update(naive_offer).values(claimed=claimed + 1))
            connection.execute(insert(naive_confirmed).values(need=need))
        outcomes.append("confirmed")
    engine.dispose()
    return outcomes
