"""One shipment, counted in whatever pieces and order: the sums fit, at its close nothing is left open, and the figures of
the commitment are those of the receipts.
"""

from collections import Counter
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from portal.features.assistance.models import Pledge
from portal.features.ledger.services import hold, verify_all
from portal.features.shipments.domain.vocabulary import Outcome
from portal.features.shipments.models import Receipt, ReceiptLine, Shipment, ShipmentLine
from portal.features.shipments.queries import find
from portal.infra.db import db
from portal.kernel.errors import DomainError
from tests.conftest import Portal, _reset
from tests.features.exchanges.acting import acting
from tests.features.shipments import acts
from tests.proof import FULL, on_sqlite

SENT, GIVEN = 6, 3
OUTCOMES = [one.value for one in Outcome]
KINDS = ["count"] * 4 + ["rest", "close", "close", "lose", "reopen", "late"]


def machine_for(portal: Portal, done: Counter[str]) -> type[RuleBasedStateMachine]:  # noqa: C901 - a class, for one portal
    class Machine(RuleBasedStateMachine):
        @initialize()
        def begin(self) -> None:
            db.session.remove()
            db.engine.dispose()
            _reset(portal)
            self.world = portal.world
            hold(*self.world.agencies.values())
            pledge = acts.with_commitment(self.world, SENT)
            shipment = acts.arrived(self.world, pledge, gifts=[acts.a_gift(quantity=str(GIVEN))])
            self.ref, self.id, self.pledge_id = shipment.ref, shipment.id, pledge.id
            db.session.commit()

        def attempt(self, name: str, act: Any) -> None:
            """Taken whole, or refused with nothing half done."""
            db.session.expire_all()
            shipment = find(acting(self.world, "sender_editor"), self.ref)
            assert shipment is not None
            try:
                hold(*self.world.agencies.values())
                act(shipment)
                db.session.commit()
            except DomainError:
                db.session.rollback()
            else:
                done[name] += 1

        @rule(data=st.data(), kind=st.sampled_from(KINDS))
        def act(self, data: Any, kind: str) -> None:
            ways = {
                "count": lambda one: acts.counted(self.world, one, *self.lines(data)),
                "late": lambda one: acts.counted(self.world, one, *self.lines(data), after=max(one.receipts - 1, 0)),
                "rest": lambda one: acts.rest(self.world, one, outcome="missing", reason="missing"),
                "close": lambda one: acts.closed(self.world, one),
                "lose": lambda one: acts.lost(self.world, one),
                "reopen": lambda one: acts.reopened(self.world, one),
            }
            self.attempt(kind, ways[kind])

        def lines(self, data: Any) -> list[dict[str, Any]]:
            """Of each line one kind of units more, or nothing, also more than there are."""
            found = []
            for number, sent in ((1, SENT), (2, GIVEN)):
                outcome = data.draw(st.sampled_from(OUTCOMES))
                units = data.draw(st.integers(0, sent))
                reason = {} if outcome == "received" or not units else {"reason": "damaged"}
                found.append({"line": number, outcome: units} | reason)
            return found

        @invariant()
        def sums_fit(self) -> None:
            db.session.expire_all()
            shipment = db.session.get_one(Shipment, self.id)
            lines = db.session.scalars(db.select(ShipmentLine).where(ShipmentLine.shipment_id == self.id)).all()
            for line in lines:
                told = [getattr(line, outcome) for outcome in OUTCOMES]
                assert min(told) >= 0
                assert sum(told) <= line.sent
                assert told == self.of_receipts(line.id)
                if shipment.state == "closed":
                    assert sum(told) == line.sent, "at the close every unit is accounted for"

        def of_receipts(self, line_id: int) -> list[int]:
            sums = [db.func.coalesce(db.func.sum(getattr(ReceiptLine, outcome)), 0) for outcome in OUTCOMES]
            query = db.select(*sums).join(Receipt, Receipt.id == ReceiptLine.receipt_id)
            return list(db.session.execute(query.where(ReceiptLine.line_id == line_id)).one())

        @invariant()
        def the_commitment_has_what_was_received_of_it(self) -> None:
            pledge = db.session.get_one(Pledge, self.pledge_id)
            query = db.select(db.func.coalesce(db.func.sum(ShipmentLine.received), 0))
            received = db.session.scalar(query.where(ShipmentLine.pledge_id == self.pledge_id))
            assert pledge.received == received <= pledge.quantity

        def teardown(self) -> None:
            assert [verdict.breaks for verdict in verify_all() if verdict.breaks] == []
            db.session.remove()

    return Machine


@on_sqlite
def test_however_a_shipment_is_counted_its_sums_fit(app: Flask, portal: Portal) -> None:
    done: Counter[str] = Counter()
    # A failure is told as it was found: to look for a shorter one takes minutes, each step being a real one.
    chosen = settings(max_examples=200 if FULL else 15, stateful_step_count=15, deadline=None, derandomize=True,
                      phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
    run_state_machine_as_test(machine_for(portal, done), settings=chosen)  # type: ignore[no-untyped-call]
    assert done.keys() >= {"count", "rest", "close"}, f"hardly anything was done: {done}"
