"""Chains as a file that anyone can check without the portal, streamed."""

from collections.abc import Iterable, Iterator

from sqlalchemy import select

from portal.features.agencies.models import Agency
from portal.features.ledger.models import LedgerChain, LedgerKey
from portal.features.ledger.queries import chain, checkpoints
from portal.infra.db import db
from portal.ledger.printed import exported_chain, exported_keys


def exported(agencies: Iterable[int] = ()) -> Iterator[str]:
    """The lines of the chains of `agencies`, or of all, in the order of their keys; a chain is never whole in memory."""
    keys = db.session.execute(select(LedgerKey.key_id, LedgerKey.public).order_by(LedgerKey.id)).all()
    yield from exported_keys(keys)
    query = select(Agency.id, Agency.key).join(LedgerChain, LedgerChain.agency_id == Agency.id)
    if wanted := list(agencies):
        query = query.where(Agency.id.in_(wanted))
    for agency, key in db.session.execute(query.order_by(Agency.key)).all():
        yield from exported_chain(agency, key, chain(agency), checkpoints(agency))
