"""What vouches for the ledger: how far each chain is signed and known outside, and what the last looks found."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, func, select

from portal.features.agencies.models import Agency
from portal.features.ledger.models import LedgerChain, LedgerCheck, LedgerCheckpoint, LedgerDelivery, LedgerKey
from portal.infra.db import db, first
from portal.kernel.policy import Actor
from portal.kernel.tasks import Task

CHAINS, FIGURES = "chains", "figures"
TELLS = {CHAINS: "ledger_broken", FIGURES: "figures_differ"}


def newest_check(what: str) -> LedgerCheck | None:
    return first(select(LedgerCheck).where(LedgerCheck.what == what).order_by(LedgerCheck.id.desc()).limit(1))


def chains_listed() -> Select[Any]:
    """For `paged`: the length of each chain, and up to where it is signed and known outside."""
    signed = select(func.coalesce(func.max(LedgerCheckpoint.sequence), 0)).where(
        LedgerCheckpoint.agency_id == LedgerChain.agency_id
    )
    known = select(func.coalesce(func.max(LedgerDelivery.sequence), 0)).where(
        LedgerDelivery.agency_id == LedgerChain.agency_id
    )
    columns = (LedgerChain.length, signed.scalar_subquery(), known.scalar_subquery(), Agency.key)
    return select(*columns).join(Agency, Agency.id == LedgerChain.agency_id).where(LedgerChain.length > 0)


def signed_heads(agency_id: int) -> Select[Any]:
    """For `paged`: the signed heads of a chain that the reader follows."""
    columns = (LedgerCheckpoint.sequence, LedgerCheckpoint.id)
    return select(LedgerCheckpoint).where(LedgerCheckpoint.agency_id == agency_id).add_columns(*columns)


def public_keys() -> Sequence[Row[str, str, datetime]]:
    """(id, public half) of every key that signed, newest first."""
    query = select(LedgerKey.key_id, LedgerKey.public, LedgerKey.since_at)
    return db.session.execute(query.order_by(LedgerKey.id.desc()).limit(20)).all()


def faults_to_look_into(actor: Actor, roles: frozenset[Any]) -> list[Task]:
    """For the secretariat and the administrator: the newest look found that something does not hold."""
    if actor.role not in roles:
        return []
    found = [check for what in TELLS if (check := newest_check(what)) is not None and check.faults]
    return [
        Task(
            code=TELLS[check.what],
            ref=check.what,
            endpoint="ledger.chains",
            args={},
            since=check.at,
            icon="flag",
        )
        for check in found
    ]
