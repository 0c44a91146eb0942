"""What the ledger says of a record, for a slot in that record's page."""

from typing import Any

from flask import render_template, url_for
from markupsafe import Markup

from portal.features.ledger import queries
from portal.features.ledger.views.words import kind_words, register
from portal.ledger.entries import Subject
from portal.web.access import optional_actor

MOST = 6


def part(record: Any) -> Markup | str:
    """The newest entries on the record in the reader's own chain; for those who follow all, in its owner's."""
    actor, subject = optional_actor(), Subject(record.lifecycle.name, record.ref)
    if actor is None or subject.type not in register():
        return ""
    chain = queries.chain_about(actor, subject)
    if chain is None:
        return ""
    agency_id, key = chain
    found = queries.newest(actor, agency_id, subject, most=MOST + 1)
    more = url_for("ledger.index", agency=key, type=subject.type, ref=subject.ref)
    return Markup(  # noqa: S704 - a rendered template
        render_template("ledger/_part.html", rows=found[:MOST], more=more, words=kind_words, further=len(found) > MOST)
    )
