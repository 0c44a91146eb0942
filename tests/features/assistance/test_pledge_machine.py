"""A request, its line and its pledges against a model in memory: whatever is done in whatever order, both agree."""

from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from portal.features.assistance import services
from portal.features.assistance.domain.pledging import (
    AcceptPledge,
    ClosePledge,
    DeclinePledge,
    WithdrawPledge,
)
from portal.features.assistance.models import Pledge, RequestCounterpart, RequestLine
from portal.infra.db import db, now
from portal.kernel.errors import DomainError, NothingLeft
from tests.conftest import Portal, _reset
from tests.features.assistance.acts import opened, training
from tests.features.assistance.pledging import delivered, offered, to_commit
from tests.features.exchanges.acting import acting
from tests.proof import on_sqlite

ASKED = 6
HELD = {"offered", "accepted", "committed", "fulfilled"}
LIVE, SAID_YES = {"offered", "accepted", "committed"}, {"accepted", "committed", "fulfilled", "closed_short"}
WHY = "Plans have changed."


def machine_for(portal: Portal) -> type[RuleBasedStateMachine]:  # noqa: C901 - a class, for one portal
    class Machine(RuleBasedStateMachine):
        """The model: for each pledge its state, how many, and how many were received."""

        def __init__(self) -> None:
            super().__init__()
            db.session.remove()
            db.engine.dispose()
            _reset(portal)
            self.world = portal.world
            lines = [training(quantity=str(ASKED)), training(quantity="1")]
            self.line_id = opened(self.world, lines=lines).lines[0].id
            db.session.commit()
            self.model: list[list[Any]] = []
            self.ids: list[int] = []

        @property
        def promised(self) -> int:
            return sum(n for state, n, _ in self.model if state in HELD) + sum(
                got for state, _, got in self.model if state == "closed_short"
            )

        def pledge(self, place: int) -> Pledge:
            db.session.expire_all()
            return db.session.get_one(Pledge, self.ids[place])

        def attempt(self, place: int, sources: set[str], target: str, act: Any) -> None:
            """The act succeeds if, and only if, the model allows it."""
            try:
                act(self.pledge(place))
                db.session.commit()
            except DomainError:
                db.session.rollback()
                assert self.model[place][0] not in sources
            else:
                assert self.model[place][0] in sources
                self.model[place][0] = target

        @rule(n=st.integers(1, ASKED + 1))
        def offer(self, n: int) -> None:
            db.session.expire_all()
            try:
                pledge = offered(self.world, db.session.get_one(RequestLine, self.line_id), n)
                db.session.commit()
            except NothingLeft as refusal:
                db.session.rollback()
                assert self.promised + n > ASKED
                assert refusal.remaining == ASKED - self.promised  # noqa: PT017 - one of two right answers
            else:
                assert self.promised + n <= ASKED
                self.model.append(["offered", n, 0])
                self.ids.append(pledge.id)

        @precondition(lambda self: self.model)
        @rule(data=st.data(), step=st.sampled_from(["accept", "decline", "commit", "withdraw"]))
        def take(self, data: Any, step: str) -> None:
            place = data.draw(st.integers(0, len(self.model) - 1))
            sources, target, who, service, command = STEPS[step]
            by = acting(self.world, who)
            self.attempt(place, sources, target, lambda p: service(command(p), pledge=p, by=by, at=now()))

        @precondition(lambda self: any(state == "committed" and got < n for state, n, got in self.model))
        @rule(data=st.data())
        def deliver(self, data: Any) -> None:
            places = [i for i, (state, n, got) in enumerate(self.model) if state == "committed" and got < n]
            place = data.draw(st.sampled_from(places))
            state, n, got = self.model[place]
            some = data.draw(st.integers(1, n - got))
            confirmed = data.draw(st.integers(0, some))
            delivered(self.world, self.pledge(place), some, confirmed, WHY)
            db.session.commit()
            self.model[place] = ["fulfilled" if got + confirmed == n else state, n, got + confirmed]

        @precondition(lambda self: any(state == "committed" for state, _, _ in self.model))
        @rule(data=st.data())
        def close(self, data: Any) -> None:
            place = data.draw(st.sampled_from([i for i, one in enumerate(self.model) if one[0] == "committed"]))
            for who in ("donor_approver", "sender_approver"):
                pledge = self.pledge(place)
                command = ClosePledge(version=pledge.version, reason=WHY)
                services.close_short(command, pledge=pledge, by=acting(self.world, who), at=now())
                db.session.commit()
            self.model[place][0] = "closed_short"

        @invariant()
        def the_books_say_what_the_model_says(self) -> None:
            db.session.expire_all()
            line = db.session.get_one(RequestLine, self.line_id)
            assert line.pledged == self.promised <= line.quantity
            assert line.received == sum(got for _, _, got in self.model)
            rows = [db.session.get_one(Pledge, one) for one in self.ids]
            assert [[p.state.value, p.quantity, p.received] for p in rows] == self.model
            seen = db.session.scalars(db.select(RequestCounterpart)).first()
            if seen is not None:
                assert seen.live == sum(state in LIVE for state, _, _ in self.model)
                assert seen.agreed == sum(state in SAID_YES for state, _, _ in self.model)
            db.session.rollback()

    return Machine


STEPS: dict[str, Any] = {
    "accept": ({"offered"}, "accepted", "sender_approver", services.accept,
               lambda p: AcceptPledge(version=p.version, conditions_read=True)),
    "decline": ({"offered"}, "declined", "sender_approver", services.decline_pledge,
                lambda p: DeclinePledge(version=p.version, reason=WHY)),
    "commit": ({"accepted"}, "committed", "donor_approver", services.commit,
               to_commit),
    "withdraw": ({"offered", "accepted"}, "withdrawn", "donor_officer", services.withdraw_pledge,
                 lambda p: WithdrawPledge(version=p.version, reason=WHY)),
}  # fmt: skip


@on_sqlite
def test_any_order_of_steps_keeps_the_books_and_the_model_together(app: Flask, portal: Portal) -> None:
    chosen = settings(max_examples=20, stateful_step_count=14, deadline=None, suppress_health_check=list(HealthCheck),
                      derandomize=True)  # fmt: skip
    run_state_machine_as_test(machine_for(portal), settings=chosen)  # type: ignore[no-untyped-call]
