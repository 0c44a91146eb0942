"""Signs heads and lets them leave the system: only what others hold keeps a rewritten ledger from passing for the true one."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, func, insert, select

from portal.features.ledger.domain import Means
from portal.features.ledger.models import LedgerCheckpoint, LedgerDelivery, LedgerKey
from portal.features.ledger.policy import APPROVERS
from portal.features.ledger.queries import heads, keys_of
from portal.features.people.queries.receivers import receivers
from portal.infra.db import db
from portal.infra.outbox import post_mail
from portal.ledger.checkpoints import sign
from portal.ledger.keys import SigningKey, make_key, read_key
from portal.ledger.printed import PrintedHead, printed

MAIL = "ledger_head"
Task = Callable[[Connection], None]


def seal(path: Path, *, at: datetime) -> int:
    """Sign the head of every chain that grew since it was last signed, and say how many. Safe to run twice."""
    key = read_key(path)
    remember(key, at=at)
    newest = select(LedgerCheckpoint.agency_id, func.max(LedgerCheckpoint.sequence)).where(
        LedgerCheckpoint.key_id == key.key_id
    )
    signed = dict(db.session.execute(newest.group_by(LedgerCheckpoint.agency_id)).all())
    grown = [head for head in heads() if head.sequence > signed.get(head.agency, 0)]
    for head in grown:
        one = sign(head, at=at, key=key)
        db.session.add(
            LedgerCheckpoint(
                agency_id=head.agency,
                sequence=head.sequence,
                hash=head.hash,
                at=at,
                key_id=one.key_id,
                signature=one.signature,
            )
        )
    return len(grown)


def new_key(path: Path, *, at: datetime) -> SigningKey:
    """Sign with a fresh key from now on. What the old one signed is still checked with its public half."""
    key = make_key(path)
    remember(key, at=at)
    return key


def remember(key: SigningKey, *, at: datetime) -> None:
    """Keep the public half, once."""
    if not db.session.scalars(select(LedgerKey.id).where(LedgerKey.key_id == key.key_id)).first():
        db.session.add(LedgerKey(key_id=key.key_id, public=key.public, since_at=at))
        db.session.flush()


def deliver(*agencies: int, means: Means, at: datetime, ref: str = "") -> list[PrintedHead]:
    """The heads of these chains, to be printed or sent now, noted as delivered in the caller's transaction.

    Call it after the entries of the same transaction were recorded: then the paper vouches for them too.
    """
    found = heads(*agencies)
    for head in found:
        db.session.add(
            LedgerDelivery(agency_id=head.agency, sequence=head.sequence, hash=head.hash, means=means, ref=ref, at=at)
        )
    return printed(found, keys_of(head.agency for head in found))


def printing(*agencies: int, means: Means, at: datetime, ref: str = "") -> tuple[list[PrintedHead], Task]:
    """The heads of these chains for a paper that changes nothing, and what notes them as delivered afterwards."""
    found = heads(*agencies)
    rows = [
        {"agency_id": head.agency, "sequence": head.sequence, "hash": head.hash, "means": means, "ref": ref, "at": at}
        for head in found
    ]

    def note(connection: Connection) -> None:
        if rows:
            connection.execute(insert(LedgerDelivery), rows)

    return printed(found, keys_of(head.agency for head in found)), note


def send_heads(*, at: datetime) -> int:
    """Mail the head of each chain that grew since the last such mail to the approvers of its agency: no content."""
    newest = select(LedgerDelivery.agency_id, func.max(LedgerDelivery.sequence)).where(
        LedgerDelivery.means == Means.MAIL
    )
    mailed = dict(db.session.execute(newest.group_by(LedgerDelivery.agency_id)).all())
    grown = [head for head in heads() if head.sequence > mailed.get(head.agency, 0)]
    people = receivers([head.agency for head in grown], APPROVERS, at=at) if grown else []
    told = sorted({one.agency_id for one in people})  # `deliver` answers in the order of the agencies
    lines = dict(zip(told, deliver(*told, means=Means.MAIL, at=at), strict=True)) if told else {}
    for one in people:
        params = {"head": str(lines[one.agency_id]), "agency_id": one.agency_id, "zone": one.time_zone}
        post_mail(MAIL, to=one.email, language=one.language, at=at, params=params, person_id=one.person_id)
    return len(people)
