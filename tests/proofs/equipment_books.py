"""What must be there of receipts, handovers and files of items after the portal was killed while people entered them."""

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import func, select

from portal.features.assistance.models import Pledge
from portal.features.items.domain.entries import ItemEntry
from portal.features.items.domain.vocabulary import Ending
from portal.features.items.intake import importing
from portal.features.items.intake.models import ItemFile, Stage
from portal.features.items.models import Item, ItemCustody, ItemHandover, ItemParty
from portal.features.ledger.models import LedgerEntry
from portal.features.shipments.domain.ledger import ShipmentEntry
from portal.features.shipments.domain.vocabulary import Outcome
from portal.features.shipments.models import Receipt, ReceiptLine, Shipment, ShipmentLine
from portal.infra.db import db, now
from portal.infra.history import StateChange
from tests.features.exchanges.acting import acting
from tests.proofs.equipment_killing import ROWS, SENDERS, FileSender, Given, Handing, Storekeeper
from tests.proofs.killing import Person
from tests.world import World

AFTER = {Stage.CONFIRMED, Stage.WRITING, Stage.DONE}
"""Where a file is that somebody confirmed, unless its page says why it is not."""


def check(given: Given, world: World, acted: Sequence[Person]) -> str:
    """Hold what the portal keeps against what it said to people; a few words of how much it was."""
    keepers = [one for one in acted if isinstance(one, Storekeeper)]
    hands = [one for one in acted if isinstance(one, Handing)]
    senders = [one for one in acted if isinstance(one, FileSender)]
    receipts = check_receipts(given, [mark for one in keepers for mark in one.done])
    offered, signed = [mark for one in hands for mark in one.offered], [mark for one in hands for mark in one.signed]
    handovers = check_handovers(given, offered, signed)
    files = check_files(given, world, senders)
    return f"{receipts} receipts, {handovers} handovers, {files} files"


def check_receipts(given: Given, acknowledged: list[str]) -> int:
    """Each receipt that was acknowledged is there once and whole, and sums, history and commitment say the same."""
    shipment = db.session.scalars(select(Shipment).where(Shipment.ref == given.shipment)).one()
    found = db.session.execute(
        select(Receipt.remarks, Receipt.number, func.count(ReceiptLine.id))
        .outerjoin(ReceiptLine, ReceiptLine.receipt_id == Receipt.id)
        .where(Receipt.shipment_id == shipment.id)
        .group_by(Receipt.id)
        .order_by(Receipt.number)
    ).all()
    assert set(acknowledged) <= {mark for mark, _, _ in found}
    assert len({mark for mark, _, _ in found}) == len(found), "a receipt that was sent once was entered twice"
    assert [number for _, number, _ in found] == list(range(1, shipment.receipts + 1))
    assert {lines for _, _, lines in found} <= {2}, "half a receipt"
    for line in db.session.scalars(select(ShipmentLine).where(ShipmentLine.shipment_id == shipment.id)):
        sums = [func.coalesce(func.sum(getattr(ReceiptLine, one.value)), 0) for one in Outcome]
        counted = tuple(db.session.execute(select(*sums).where(ReceiptLine.line_id == line.id)).one())
        assert counted == tuple(getattr(line, one.value) for one in Outcome)
        if line.pledge_id is not None:
            assert db.session.get_one(Pledge, line.pledge_id).received == line.received == 2 * len(found)
    steps = select(func.count(StateChange.id)).filter_by(
        lifecycle="shipment", subject_id=shipment.id, transition="receive"
    )
    assert db.session.scalar(steps) == len(found)
    booked = select(func.count(LedgerEntry.id)).filter_by(kind=ShipmentEntry.RECEIVED, agency_id=shipment.recipient_id)
    assert db.session.scalar(booked) == 2 * len(found)
    return len(found)


def check_handovers(given: Given, offered: list[str], signed: list[str]) -> int:
    """Each handover that was acknowledged is there once, and each that was signed is one link of the chain."""
    total = 0
    for ref in given.handed:
        item = db.session.scalars(select(Item).where(Item.ref == ref)).one()
        handovers = db.session.scalars(
            select(ItemHandover).where(ItemHandover.item_id == item.id).order_by(ItemHandover.number)
        ).all()
        marks = [one.note for one in handovers]
        assert {mark for mark in offered if mark.startswith(ref)} <= set(marks)
        assert len(marks) == len(set(marks)), "an item that was offered once was offered twice"
        assert [one.number for one in handovers] == list(range(1, len(handovers) + 1))
        done = [one for one in handovers if one.ending is Ending.DONE]
        assert {mark for mark in signed if mark.startswith(ref)} <= {one.note for one in done}
        assert [one for one in handovers if one.ending is None] in ([], handovers[-1:])
        links = db.session.scalars(
            select(ItemCustody).where(ItemCustody.item_id == item.id).order_by(ItemCustody.number)
        ).all()
        assert [link.number for link in links] == list(range(1, len(links) + 1))
        assert [link.person_id for link in links[-len(done) :]] == [one.to_person_id for one in done]
        assert [link.ended_at for link in links] == [*(link.began_at for link in links[1:]), None]
        assert item.custodian_id == links[-1].person_id
        entries = select(func.count(LedgerEntry.id)).filter_by(subject_ref=ref, agency_id=item.agency_id)
        assert db.session.scalar(entries.filter_by(kind=ItemEntry.HANDED_OVER)) == len(done)
        for step, number in (("offer_handover", len(handovers)), ("confirm_handover", len(done))):
            steps = select(func.count(StateChange.id)).filter_by(lifecycle="item", subject_id=item.id, transition=step)
            assert db.session.scalar(steps) == number
        total += len(handovers)
    return total


def check_files(given: Given, world: World, senders: Sequence[FileSender]) -> int:
    """Each file that was taken is there once, and its items are all there or none; what a kill left can be ended."""
    files = {file.key: file for file in db.session.scalars(select(ItemFile))}
    for sender in senders:
        assert set(sender.taken) <= set(files)
        assert all(files[key].stage is Stage.DONE for key in sender.seen_done)
        lost = [key for key in sender.confirmed if files[key].stage not in AFTER and files[key].problem is None]
        assert lost == [], "a file that was confirmed waits to be confirmed, and nobody is told why"
    names = Counter(file.name for file in files.values() if file.name.startswith("file-"))
    assert set(names.values()) <= {1}, "a file that was sent once was taken twice"
    _all_or_none(given)
    _end_what_was_left(world)
    _all_or_none(given)
    return names.total()


def _all_or_none(given: Given) -> None:
    files = list(db.session.scalars(select(ItemFile).where(ItemFile.name.startswith("file-"))))
    for file in files:
        new = select(Item.id).where(Item.serial.startswith(f"{file.name}-"))
        here = db.session.scalar(select(func.count()).select_from(new.subquery()))
        assert here == (ROWS if file.stage is Stage.DONE else 0), (file.name, file.stage, file.problem)
        assert (file.stage is Stage.DONE) == (file.ended_at is not None)
        for table_, each in ((ItemCustody, 1), (ItemParty, 2)):
            assert db.session.scalar(select(func.count(table_.id)).where(table_.item_id.in_(new))) == each * here
        refs = select(Item.ref).where(Item.id.in_(new))
        entries = select(func.count(LedgerEntry.id)).where(LedgerEntry.subject_ref.in_(refs))
        assert db.session.scalar(entries) == 2 * here
    for rows in given.changed.values():
        tags = set(db.session.scalars(select(Item.tag).where(Item.ref.in_([one["ref"] for one in rows]))))
        assert len(tags) == 1, "half a file changed what it names"


def _end_what_was_left(world: World) -> None:
    """The job's own patience with a runner that was killed is minutes: that time is over now."""
    later = now() + importing.PATIENCE + timedelta(minutes=1)
    waiting = select(ItemFile).where(ItemFile.stage != Stage.DONE, ItemFile.name.startswith("file-"))
    number = db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0
    for _ in range(2 * number + 1):
        while importing.work_off(at=later):
            pass
        files = db.session.scalars(waiting.order_by(ItemFile.id).execution_options(populate_existing=True)).all()
        # One of each sender: what is written changes what the others were checked against.
        sound = {file.person_id: file for file in reversed(files) if file.sound}
        if not sound:
            break
        for file in sound.values():
            who = next(name for name in SENDERS if world.people[name] == file.person_id)
            importing.confirm(file, plan=file.plan, by=acting(world, who), at=now())
            db.session.commit()
    assert [(file.name, file.stage, file.problem) for file in files] == [], "a file that no patience brings to its end"
