"""The page that a QR code opens on a phone: seen or not, in which condition, with a photo, in less than a minute."""

from datetime import datetime
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.documents.domain import AttachDocument, Owner
from portal.features.documents.queries import Place
from portal.features.documents.services import attach
from portal.features.items import services
from portal.features.items.domain.checking import RecordCheck
from portal.features.items.domain.lifecycles import ITEM
from portal.features.items.forms.acts import CheckForm
from portal.features.items.models import Item, ItemCheck
from portal.features.items.policy import CHECKERS, Items
from portal.features.items.queries import find
from portal.features.items.views.blueprint import ONE, address, bp, short_bp
from portal.infra.db import now
from portal.kernel.errors import Problem, Rejected
from portal.kernel.files import RefusedFile
from portal.kernel.policy import Actor
from portal.web.access import current_actor, requires
from portal.web.i18n import best_language
from portal.web.i18n import gettext as _
from portal.web.labels import label

DOCUMENTS = Owner(
    lifecycle=ITEM,
    find=find,
    sees=lambda actor, item, _label: item.disclosed_to(actor),
    attaches=lambda actor, item: CHECKERS.holds(actor, item) and item.disclosed_to(actor),
    label_of=lambda item: item.label,
    address=address,
    title_of=lambda item: item.ref,
)
"""What this slice says about photos and documents of an item."""


@short_bp.get("/e/<string(maxlength=20):ref>", endpoint="scanned")
@requires(Items.READ, load=find)
def scanned(item: Item) -> ResponseReturnValue:
    language = g.person.language if g.get("person") else best_language(request)
    return redirect(url_for("items.check", lang=language, ref=item.ref))


@bp.get(f"{ONE}/check", endpoint="check")
@requires(Items.CHECK, load=find)
def show(item: Item) -> str:
    return _page(item, CheckForm(data={"on": now().date(), "condition": item.condition}))


@bp.post(f"{ONE}/check", endpoint="check_post")
@requires(Items.CHECK, load=find)
def take(item: Item) -> ResponseReturnValue:
    form = CheckForm()
    if form.run(_checked_with_photo, form=form, item=item, by=current_actor(), at=now()) is None:
        return _page(item, form), form.status
    flash(label("item.record_check.done"))
    return redirect(address(item), 303)


def _checked_with_photo(command: RecordCheck, *, form: CheckForm, item: Item, by: Actor, at: datetime) -> ItemCheck:
    """The check, and the photo as a document of the item: both or neither."""
    photo = form.photo.data
    if isinstance(photo, RefusedFile):
        raise Rejected(Problem(photo.code, "photo", photo.params))
    if photo is not None and not photo.kind.is_picture:
        raise Rejected(Problem("not_a_picture", "photo"))
    check = services.record_check(command, item=item, by=by, at=at)
    if photo is not None:
        title = _("Photo of check %(number)s", number=check.number)
        document: Any = AttachDocument(file=photo, title=title, label=item.label)
        attach(document, place=Place(DOCUMENTS, item), by=by, at=at)
    return check


def _page(item: Item, form: CheckForm) -> str:
    return render_template("items/check.html", item=item, form=form)
