"""Programme files in the browser: send them, see what would happen, confirm; and the lists as files."""

from http import HTTPStatus

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.exchanges import exports
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.forms.filtering import read_filters, read_sort
from portal.features.exchanges.policy import Posts
from portal.features.exchanges.programme import importing
from portal.features.exchanges.programme.models import ProgrammeUpload
from portal.features.exchanges.programme.sheets import SentFile
from portal.features.exchanges.programme.tables import SHAPES, TABLE_OF
from portal.features.exchanges.queries.drafts import has_live_post
from portal.features.exchanges.views.blueprints import bp
from portal.infra.db import now
from portal.infra.tables import FORMATS
from portal.kernel.errors import Problem
from portal.kernel.policy import Actor
from portal.web.access import current_actor, requires
from portal.web.downloads import attached
from portal.web.i18n import gettext
from portal.web.messages import message

MOST_SHOWN = 100
"""Of each list on the page; the counts above it are always whole."""
KIND_OF = {"offers": PostKind.OFFER, "needs": PostKind.NEED}
OTHER = {PostKind.OFFER: PostKind.NEED, PostKind.NEED: PostKind.OFFER}


def load_upload(_actor: Actor | None, key: str) -> ProgrammeUpload | None:
    """Whoever may import sees every upload, so that a second person can look before it is confirmed."""
    return importing.find_upload(key, at=now())


@bp.get("/programme")
@requires(Posts.IMPORT)
def programme() -> str:
    return _send_page()


@bp.post("/programme")
@requires(Posts.IMPORT)
def send_programme() -> ResponseReturnValue:
    files = [SentFile(one.filename, one.read()) for one in request.files.getlist("files") if one.filename]
    if not files:
        return _send_page(Problem("no_file")), HTTPStatus.UNPROCESSABLE_ENTITY
    upload = importing.keep(files, by=current_actor(), at=now())
    return redirect(url_for("exchanges.programme_check", key=upload.key), 303)


@bp.get("/programme/<string(maxlength=40):key>")
@requires(Posts.IMPORT, load=load_upload)
def programme_check(upload: ProgrammeUpload) -> str:
    if upload.applied_at is not None:
        return render_template("exchanges/programme/done.html", upload=upload)
    return _check_page(upload)


@bp.post("/programme/<string(maxlength=40):key>")
@requires(Posts.IMPORT, load=load_upload)
def apply_programme(upload: ProgrammeUpload) -> ResponseReturnValue:
    importing.confirm(upload, fingerprint=request.form.get("plan", ""), by=current_actor(), at=now())
    flash(gettext("The programme was imported."))
    return redirect(url_for("exchanges.programme_check", key=upload.key), 303)


def _send_page(*problems: Problem) -> str:
    return render_template("exchanges/programme/send.html", shapes=SHAPES, problems=[message(one) for one in problems])


def _check_page(upload: ProgrammeUpload) -> str:
    found = importing.look_again(upload, at=now())
    return render_template(
        "exchanges/programme/check.html",
        upload=upload,
        run=found,
        plan=found.plan,
        words=message,
        most=MOST_SHOWN,
    )


@bp.get("/programme/<string(maxlength=40):key>/findings.csv")
@requires(Posts.IMPORT, load=load_upload)
def programme_findings(upload: ProgrammeUpload) -> Response:
    """Everything that was found, as a table for whoever mends the files."""
    found = importing.look_again(upload, at=now())
    return attached(
        "findings.csv", exports.findings_csv([*found.errors, *found.warnings], words=message), FORMATS["csv"]
    )


@bp.get("/offers/export.<any(csv,xlsx):form>", defaults={"table": "offers"})
@bp.get("/needs/export.<any(csv,xlsx):form>", defaults={"table": "needs"})
@requires(Posts.EXPORT)
def export(table: str, form: str) -> Response:
    """The list with the filters of its address, as a file. Its name says nothing of what is in it."""
    kind, actor = KIND_OF[table], current_actor()
    may_fit = has_live_post(actor, OTHER[kind])
    filters, sort = read_filters(request.args, may_fit=may_fit), read_sort(request.args, may_fit=may_fit)
    found = exports.rows(actor, kind, exports.found_ids(actor, kind, filters, sort))
    return attached(f"{TABLE_OF[kind].value}.{form}", exports.as_file(form, kind, found), FORMATS[form])
