"""The pages of documents, and the door through which files leave."""

import io
from typing import Any

from flask import Blueprint, Response, current_app, flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal.features.documents import queries, services
from portal.features.documents.domain import Owners
from portal.features.documents.forms import AttachForm, RemoveForm
from portal.features.documents.policy import Documents
from portal.features.documents.queries import Attached, Place
from portal.infra.db import now
from portal.kernel.files import FileKind
from portal.kernel.policy import Actor
from portal.web.access import allows, current_actor, optional_actor, requires
from portal.web.i18n import gettext as _
from portal.web.uploads import store

bp = Blueprint("documents", __name__, url_prefix="/<language:lang>", template_folder="templates")
EXTENSION = "document_owners"
PLACE = "/documents/of/<string(maxlength=40):subject>/<string(maxlength=20):ref>"
KEY = "<string(maxlength=24):key>"
TYPES = {
    FileKind.PDF: "application/pdf",
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.WEBP: "image/webp",
    FileKind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    FileKind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    FileKind.TEXT: "text/plain",
}
SANDBOX = "default-src 'none'; sandbox; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"


def owners() -> Owners:
    found: Owners = current_app.extensions[EXTENSION]
    return found


def load_place(actor: Actor | None, subject: str, ref: str) -> Place | None:
    return queries.find_place(owners(), actor, subject, ref)


def load(actor: Actor | None, key: str) -> Attached | None:
    return queries.find(owners(), actor, key)


def part(record: Any) -> Markup | str:
    """For a slot of a record's page: its documents as this reader sees them, and the way to attach one."""
    actor = optional_actor()
    name = record.lifecycle.name
    if actor is None or name not in owners():
        return ""
    place = Place(owners()[name], record)
    found = queries.documents_of(place, actor)
    if not found and not place.owner.attaches(actor, record):
        return ""
    return Markup(render_template("documents/_part.html", place=place, found=found, permissions=Documents))  # noqa: S704


@bp.get(PLACE)
@requires(Documents.LIST, load=load_place)
def index(place: Place) -> ResponseReturnValue:
    return _page(place)


@bp.post(PLACE)
@requires(Documents.ATTACH, load=load_place)
def attach(place: Place) -> ResponseReturnValue:
    form = AttachForm(within=place.label)
    if form.run(services.attach, place=place, by=current_actor(), at=now()) is None:
        return _page(place, form), form.status
    flash(_("The document is attached."))
    return redirect(url_for("documents.index", subject=place.subject, ref=place.record.ref), 303)


@bp.get(f"/documents/{KEY}")
@requires(Documents.READ, load=load)
def download(attached: Attached) -> Response:
    """Always a file to save, never a page: whatever is in it cannot act in the portal's name."""
    document = attached.document
    answer = send_file(
        io.BytesIO(store().get(document.digest)),
        mimetype=TYPES[document.kind],
        as_attachment=True,
        download_name=document.name,
        etag=False,
    )
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.get(f"/documents/{KEY}/remove")
@requires(Documents.REMOVE, load=load)
def remove(attached: Attached) -> ResponseReturnValue:
    return render_template("documents/remove.html", attached=attached, form=RemoveForm())


@bp.post(f"/documents/{KEY}/remove")
@requires(Documents.REMOVE, load=load)
def remove_post(attached: Attached) -> ResponseReturnValue:
    form = RemoveForm()
    if form.run(services.remove, attached=attached, by=current_actor(), at=now()) is None:
        return render_template("documents/remove.html", attached=attached, form=form), form.status
    flash(_("The document was removed. It stays in the history."))
    document = attached.document
    return redirect(url_for("documents.index", subject=document.subject, ref=document.ref), 303)


def _page(place: Place, form: AttachForm | None = None) -> str:
    actor = current_actor()
    if form is None and allows(Documents.ATTACH, place) and not place.record.frozen:
        form = AttachForm(within=place.label)
    return render_template(
        "documents/index.html",
        place=place,
        form=form,
        found=queries.documents_of(place, actor),
        removed=queries.removed_of(place, actor),
        permissions=Documents,
    )
