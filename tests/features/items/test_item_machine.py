"""One item, whatever is done with it in whatever order: custody has no gap, the ledger says what the columns say, and
"verified in use" is what its definition says.
"""

from collections import Counter
from datetime import date
from itertools import pairwise
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from portal.features.items import services
from portal.features.items.domain.checking import later_by_months, verified_in_use
from portal.features.items.domain.commands import (
    ConfirmHandover,
    FindItem,
    RecordTraining,
    RefuseHandover,
    ReportStolen,
)
from portal.features.items.models import Finding, Item, ItemCheck
from portal.features.items.queries.records import by_id, custody_of
from portal.features.items.services.ledgered import compare
from portal.features.ledger.services import verify_all
from portal.infra.db import db, now
from portal.kernel.errors import DomainError
from tests.conftest import Portal, _reset
from tests.features.exchanges.acting import acting
from tests.features.items import acts
from tests.proof import FULL, on_sqlite
from tests.world import World

WHY = "As agreed."
AGAINST = {"seen_not_working", "not_found", "refused"}
HOLDERS = {"sender": ("sender_editor", "sender_officer"), "stranger": ("stranger_editor", "stranger_approver")}


def signed(world: World, item: Item, who: str) -> Any:
    number = item.handover.number if item.handover else 1
    command = ConfirmHandover(number=number, received=True, undertaking=True)
    return services.confirm_handover(command, item=item, by=acting(world, who), at=now())


def refused(world: World, item: Item, who: str) -> Any:
    number = item.handover.number if item.handover else 1
    return services.refuse_handover(
        RefuseHandover(number=number, reason=WHY), item=item, by=acting(world, who), at=now()
    )


def settled(world: World, item: Item, _who: str) -> Any:
    """Every open finding is explained by its owner and closed by the donor."""
    findings = db.session.scalars(db.select(Finding).where(Finding.item_id == item.id, Finding.state != "closed")).all()
    for one in findings:
        if one.state == "open":
            services.explain(one, by=acting(world, "sender_editor"), at=now(), reason=WHY)
        services.close(one, by=acting(world, "donor_approver"), at=now(), reason=WHY)
    return findings


def given(name: str) -> Any:
    service = getattr(services, name)
    return lambda world, item, who: service(item, by=acting(world, who), at=now(), reason=WHY)


STEPS: dict[str, Any] = {
    "deliver": given("deliver"),
    "put_to_use": given("put_to_use"),
    "store": given("store"),
    "repair": given("repair"),
    "repaired": given("repaired"),
    "report_missing": given("report_missing"),
    "sign": signed,
    "refuse": refused,
    "settle": settled,
    "offer": lambda world, item, _who: acts.offered(world, item),
    "ask_transfer": lambda world, item, _who: acts.transfer_asked(world, item),
    "consent": lambda world, item, _who: acts.consented(world, item),
    "take_over": lambda world, item, _who: acts.taken_over(world, item),
    "steal": lambda world, item, who: services.report_stolen(
        ReportStolen(report_number="PV-77", reason=WHY), item=item, by=acting(world, who), at=now()
    ),
    "find": lambda world, item, who: services.find_item(
        FindItem(stored=False, condition="good", evidence="It stands at the post."),
        item=item, by=acting(world, who), at=now(),
    ),
}  # fmt: skip
LIKELY = {
    "registered": ["deliver"],
    "delivered": ["offer", "sign", "sign", "refuse", "put_to_use", "put_to_use"],
    "in_use": ["store", "repair", "offer", "sign", "ask_transfer", "report_missing", "steal"],
    "in_storage": ["put_to_use", "put_to_use", "ask_transfer"],
    "under_repair": ["repaired"],
    "transfer_pending": ["consent", "take_over", "take_over"],
    "missing": ["find"],
    "stolen": ["find"],
}
"""What may come next; every other step is tried too, now and then, and must be refused whole."""
KINDS = ["likely"] * 4 + ["any"] + ["check"] * 3 + ["train"]
RESULTS = ["seen_working", "seen_working", "seen_not_working", "not_found", "evidence_only"]
BEGINNINGS = {"registered": acts.registered, "undertaken": acts.undertaken, "in_use": acts.in_use}


def machine_for(portal: Portal, done: Counter[str]) -> type[RuleBasedStateMachine]:  # noqa: C901 - a class, for one portal
    class Machine(RuleBasedStateMachine):
        @initialize(needed=st.integers(0, 2), beginning=st.sampled_from(sorted(BEGINNINGS)))
        def begin(self, needed: int, beginning: str) -> None:
            db.session.remove()
            db.engine.dispose()
            _reset(portal)
            self.world = portal.world
            self.id = BEGINNINGS[beginning](self.world, operators_required=needed).id
            db.session.commit()

        def attempt(self, name: str, act: Any) -> None:
            """Taken whole, or refused with nothing half done."""
            db.session.expire_all()
            item = by_id(self.id)
            assert item is not None
            try:
                acts.ready(self.world)
                act(item)
                db.session.commit()
            except (DomainError, AssertionError):  # the ways of tests assert that there is something to answer
                db.session.rollback()
            else:
                done[name] += 1

        @rule(data=st.data(), kind=st.sampled_from(KINDS))
        def act(self, data: Any, kind: str) -> None:
            """One rule for all, so that each kind of act comes as often as it should."""
            if kind == "check":
                self.check(data)
            elif kind == "train":
                self.train(data.draw(st.integers(0, 3)))
            else:
                self.step(data, kind)

        def step(self, data: Any, kind: str) -> None:
            item = db.session.get_one(Item, self.id)
            expected = [*LIKELY.get(item.state.value, []), "settle"]
            name = data.draw(st.sampled_from(expected if kind == "likely" else sorted(STEPS)))
            side = "stranger" if item.agency_id == self.world.agencies["stranger"] else "sender"
            who = HOLDERS[side][name in {"sign", "refuse"}]
            self.attempt(name, lambda item: STEPS[name](self.world, item, who))

        def check(self, data: Any) -> None:
            result = data.draw(st.sampled_from(RESULTS))
            who = data.draw(st.sampled_from(["inspector", "donor_officer", "sender_editor"]))
            days = data.draw(st.integers(0, 40))
            self.attempt(f"check {who}", lambda item: acts.checked(self.world, item, result, who, days))

        def train(self, trained: int) -> None:
            command = RecordTraining(trained=trained, on=acts.today(), training="Two days at the post")
            by = acting(self.world, "sender_editor")
            self.attempt("train", lambda item: services.record_training(command, item=item, by=by, at=now()))

        @invariant()
        def custody_has_no_gap(self) -> None:
            links = list(reversed(custody_of(self.id)))
            assert [link.number for link in links] == list(range(1, len(links) + 1))
            assert all(before.ended_at == after.began_at for before, after in pairwise(links))
            assert all(link.ended_at is not None for link in links[:-1])

        @invariant()
        def verified_in_use_is_what_its_definition_says(self) -> None:
            db.session.expire_all()
            item = db.session.get_one(Item, self.id)
            assert verified_in_use(item, today=acts.today()) == defined(item, acts.today())

        @invariant()
        def the_ledger_says_what_the_columns_say(self) -> None:
            assert list(compare()) == []

        def teardown(self) -> None:
            assert [verdict.breaks for verdict in verify_all() if verdict.breaks] == []
            db.session.remove()

    return Machine


def defined(item: Item, today: date) -> bool:
    """Of the checks since the present holder has it, the last one that counts is another agency's and saw it work."""
    query = db.select(ItemCheck).where(ItemCheck.item_id == item.id, ItemCheck.number > item.checks_before)
    made = db.session.scalars(query.order_by(ItemCheck.on, ItemCheck.number)).all()
    deciding = [check for check in made if check.independent or check.result in AGAINST]
    if not deciding or not deciding[-1].independent or deciding[-1].result != "seen_working":
        return False
    recent = today <= later_by_months(deciding[-1].on, item.risk_class.months)
    return item.state == "in_use" and recent and item.operators_trained >= item.operators_required


@on_sqlite
def test_whatever_is_done_with_an_item_its_books_agree(app: Flask, portal: Portal) -> None:
    done: Counter[str] = Counter()
    # A failure is told as it was found: to look for a shorter one takes minutes, each step being a real one.
    chosen = settings(max_examples=200 if FULL else 15, stateful_step_count=30, deadline=None, derandomize=True,
                      phases=[Phase.generate], suppress_health_check=list(HealthCheck))  # fmt: skip
    run_state_machine_as_test(machine_for(portal, done), settings=chosen)  # type: ignore[no-untyped-call]
    wanted = {"deliver", "offer", "put_to_use", "store", "report_missing", "find", "train", "check inspector"}
    assert done.keys() >= wanted, f"hardly anything was done: {done}"
