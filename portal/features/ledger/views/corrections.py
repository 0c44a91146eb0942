"""Proposing a correction of an entry, and the page on which a second person decides."""

import json
from datetime import datetime
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from portal.features.ledger import queries, services
from portal.features.ledger.domain import CORRECTION, Ledgered, changed_names
from portal.features.ledger.forms import correction_form
from portal.features.ledger.models import LedgerCorrection, LedgerEntry
from portal.features.ledger.policy import Corrections, Ledgers
from portal.features.ledger.views.blueprint import bp
from portal.features.ledger.views.ledgers import EVENT, correctable, load_entry
from portal.features.ledger.views.words import fact_words, kind_words, ledgered_of, named_in, value_words
from portal.infra.db import now
from portal.kernel.policy import Actor
from portal.web.access import current_actor, requires
from portal.web.forms import CommandForm
from portal.web.i18n import gettext as _
from portal.web.transitions import add_transition_routes


def _form(row: LedgerEntry) -> CommandForm[Any]:
    names = correctable(row)
    if not names:
        abort(404)
    words = {name: fact_words(row.subject_type, name) for name in names}
    return correction_form(json.loads(row.content), names, words)


def _page(row: LedgerEntry, form: CommandForm[Any]) -> str:
    ledgered = _ledgered(row.subject_type)
    weighty = [fact_words(row.subject_type, name) for name in correctable(row) if name in ledgered.weighty]
    kind = kind_words(row.subject_type, row.kind)
    return render_template("ledger/correct.html", written=row, form=form, kind=kind, weighty=weighty)


def _ledgered(subject_type: str) -> Ledgered:
    ledgered = ledgered_of(subject_type)
    if ledgered is None:
        abort(404)
    return ledgered


@bp.get(f"/ledger/entries/{EVENT}/correct")
@requires(Ledgers.CORRECT, load=load_entry)
def correct(row: LedgerEntry) -> ResponseReturnValue:
    return _page(row, _form(row))


@bp.post(f"/ledger/entries/{EVENT}/correct")
@requires(Ledgers.CORRECT, load=load_entry)
def correct_post(row: LedgerEntry) -> ResponseReturnValue:
    form = _form(row)
    ledgered = _ledgered(row.subject_type)
    made = form.run(services.correct, entry=row, ledgered=ledgered, by=current_actor(), at=now())
    if made is None:
        return _page(row, form), form.status
    if isinstance(made, LedgerCorrection):
        flash(_("The correction is proposed. It is recorded once a second person agrees."))
        return redirect(url_for("ledger.correction", ref=made.ref), 303)
    flash(_("The correction is recorded in the ledger."))
    return redirect(url_for("ledger.entry", event=made.event), 303)


def address(correction: LedgerCorrection) -> str:
    return url_for("ledger.correction", ref=correction.ref)


@bp.get("/ledger/corrections/<string(maxlength=20):ref>")
@requires(Corrections.READ, load=queries.find_correction)
def correction(one: LedgerCorrection) -> ResponseReturnValue:
    entry = services.corrected_entry(one)
    old = json.loads(entry.content)
    actor = current_actor()
    agencies = named_in(actor, one.subject_type, old, one.content)
    changes = [
        (
            fact_words(one.subject_type, name),
            *(value_words(one.subject_type, name, c.get(name), agencies) for c in (old, one.content)),
        )
        for name in changed_names(old, one.content)
    ]
    return render_template(
        "ledger/correction.html",
        correction=one,
        written=entry,
        kind=kind_words(entry.subject_type, entry.kind),
        changes=changes if actor.agency_id in {one.agency_id, one.other_id} else None,
        lifecycle=CORRECTION,
        permissions=Corrections,
    )


def _confirm(one: LedgerCorrection, *, by: Actor, at: datetime, reason: str | None) -> None:
    services.confirm(one, ledgered=_ledgered(one.subject_type), by=by, at=at, reason=reason)


add_transition_routes(
    bp,
    CORRECTION,
    load=queries.find_correction,
    address=address,
    services={"confirm": _confirm},
    prefix="/ledger/corrections",
)
