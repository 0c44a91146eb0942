"""The chain of an agency, one entry of it, and the file that anyone can check."""

import json
from typing import Any

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.ledger import queries
from portal.features.ledger.exports import exported
from portal.features.ledger.models import LedgerEntry
from portal.features.ledger.policy import OVERSEERS, Ledgers
from portal.features.ledger.services import CHAINS, FIGURES
from portal.features.ledger.views.blueprint import bp
from portal.features.ledger.views.words import facts, kind_words, ledgered_of, reads_content, record_of, register
from portal.kernel.policy import Actor
from portal.ledger.entries import Subject
from portal.web.access import current_actor, requires
from portal.web.downloads import attached
from portal.web.pagination import Key, paged

EVENT = "<string(length=32):event>"
KEYS = [Key(LedgerEntry.sequence, descending=True), Key(LedgerEntry.id, descending=True)]


class Chosen:
    """The chain that the address asks for: an agency's own, or, for those who follow all, any."""

    def __init__(self, actor: Actor, key: str) -> None:
        self.choices: list[tuple[str, int]] = [(row[0], row[1]) for row in queries.chains_of(actor)]
        own = next((one for one in self.choices if one[1] == actor.agency_id), None)
        wanted = next((one for one in self.choices if one[0] == key), None) if key else own
        self.key, self.agency_id = wanted or own or (self.choices[0] if self.choices else ("", 0))

    @property
    def id(self) -> int:
        return self.agency_id


@bp.get("/ledger")
@requires(Ledgers.LIST)
def index() -> ResponseReturnValue:
    actor = current_actor()
    chosen = Chosen(actor, request.args.get("agency", ""))
    subject = _subject()
    page = paged(queries.listed(actor, chosen.agency_id, subject), KEYS)
    overseer = actor.role in OVERSEERS
    return render_template(
        "ledger/index.html",
        page=page,
        chosen=chosen,
        subject=subject,
        words=kind_words,
        standing=queries.standing_of_chain(chosen.agency_id, chosen.key),
        checks=[(what, queries.newest_check(what)) for what in (CHAINS, FIGURES)] if overseer else [],
        overseer=overseer,
        permissions=Ledgers,
        export_url=url_for("ledger.export", agency=chosen.key),
    )


def _subject() -> Subject | None:
    kind, ref = request.args.get("type", ""), request.args.get("ref", "")[:40]
    return Subject(kind, ref) if kind in register() and ref else None


def load_entry(actor: Actor | None, event: str) -> LedgerEntry | None:
    return queries.entry_of(actor, event)


@bp.get(f"/ledger/entries/{EVENT}")
@requires(Ledgers.READ, load=load_entry)
def entry(row: LedgerEntry) -> ResponseReturnValue:
    actor = current_actor()
    record, address = record_of(actor, row.subject_type, row.subject_ref)
    corrected = queries.correction_event(row)
    readable = reads_content(actor, row.agency_id, record)
    return render_template(
        "ledger/entry.html",
        written=row,
        kind=kind_words(row.subject_type, row.kind),
        facts=facts(actor, row.subject_type, json.loads(row.content)) if readable else None,
        address=address,
        twin=queries.twin_of(row),
        keys=queries.keys_of([row.agency_id, row.other_id]),
        old=queries.corrected_event(row),
        corrected=corrected,
        waiting=queries.open_correction(row.event),
        correctable=not corrected and correctable(row),
        permissions=Ledgers,
    )


def correctable(row: LedgerEntry) -> list[str]:
    """The facts of an entry that its slice lets people correct."""
    ledgered = ledgered_of(row.subject_type)
    names = ledgered.weighty | ledgered.correctable if ledgered else frozenset()
    return sorted(names & json.loads(row.content).keys())


def _load_chain(actor: Actor | None) -> Any:
    """The chain to export is that of an agency which the reader follows."""
    if actor is None:
        return None
    chosen = Chosen(actor, request.args.get("agency", ""))
    return chosen if chosen.agency_id else None


@bp.get("/ledger/export")
@requires(Ledgers.EXPORT, load=_load_chain)
def export(chosen: Chosen) -> Response:
    """Content and all, so only for the agency itself."""
    return attached(f"ledger-{chosen.key}.txt", exported([chosen.agency_id]), "text/plain")
