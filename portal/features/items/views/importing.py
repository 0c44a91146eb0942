"""Files of items in the browser: send one, see how far it is and what would happen, confirm; and the list as a file."""

from http import HTTPStatus
from itertools import islice

from flask import Response, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.exchanges.exports import findings_csv
from portal.features.items import exports
from portal.features.items.intake import importing
from portal.features.items.intake.columns import MOST_BYTES, ORDER, REQUIRED
from portal.features.items.intake.findings import findings_of
from portal.features.items.intake.models import ON_ITS_WAY, ItemFile, Stage
from portal.features.items.policy import Items
from portal.features.items.views.blueprint import bp
from portal.features.items.views.received import to_register
from portal.features.shipments.models import Shipment
from portal.features.shipments.queries import find as find_shipment
from portal.infra.db import now
from portal.infra.tables import FORMATS
from portal.kernel.errors import Problem
from portal.web.access import current_actor, requires
from portal.web.downloads import attached
from portal.web.labels import label
from portal.web.messages import message

REFRESH = 3
"""Seconds after which the page asks again, by itself and without a script."""
MOST_SHOWN = 100
_STEPS = (Stage.WAITING, Stage.CHECKING, Stage.CHECKED, Stage.WRITING, Stage.DONE)


@bp.get("/import", endpoint="send_file")
@requires(Items.REGISTER)
def page() -> str:
    return _send_page()


@bp.post("/import", endpoint="send_file_post")
@requires(Items.REGISTER)
def send() -> ResponseReturnValue:
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        return _send_page(Problem("no_file")), HTTPStatus.UNPROCESSABLE_ENTITY
    content = sent.stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        return _send_page(Problem("file_too_large", "file", {"limit": MOST_BYTES // 1024 // 1024})), 422
    file = importing.send(sent.filename, content, by=current_actor(), at=now())
    return redirect(url_for("items.file", key=file.key), 303)


@bp.get("/import/received/<string(maxlength=20):ref>.csv", endpoint="file_to_fill_in")
@requires(Items.REGISTER, load=find_shipment)
def to_fill_in(shipment: Shipment) -> Response:
    """A table with a row for each unit that came with this shipment and is not registered yet."""
    return attached(f"{shipment.ref}.csv", exports.to_fill_in(shipment, to_register(shipment)), FORMATS["csv"])


@bp.get("/import/<string(maxlength=40):key>", endpoint="file")
@requires(Items.REGISTER, load=importing.find)
def show(file: ItemFile) -> ResponseReturnValue:
    on_its_way = file.stage in ON_ITS_WAY
    found = [] if on_its_way else list(islice(findings_of(file), MOST_SHOWN))
    errors = [one for one in found if not one.warning]
    drawn = render_template(
        "items/file.html",
        file=file,
        on_its_way=on_its_way,
        steps=_steps(file.stage),
        seconds=REFRESH,
        errors=errors,
        warnings=[one for one in found if one.warning],
        words=message,
        silent=importing.silent(file, now()),
    )
    if not on_its_way:
        return drawn
    return drawn, {"Refresh": str(REFRESH)}


@bp.post("/import/<string(maxlength=40):key>", endpoint="confirm_file")
@requires(Items.REGISTER, load=importing.find)
def confirm(file: ItemFile) -> ResponseReturnValue:
    importing.confirm(file, plan=request.form.get("plan", ""), by=current_actor(), at=now())
    return redirect(url_for("items.file", key=file.key), 303)


@bp.get("/import/<string(maxlength=40):key>/findings.csv", endpoint="file_findings")
@requires(Items.REGISTER, load=importing.find)
def all_findings(file: ItemFile) -> Response:
    """Everything that was found, as a table for whoever mends the file."""
    return attached("findings.csv", findings_csv(findings_of(file), words=message), FORMATS["csv"])


@bp.get("/items/export.<any(csv,xlsx):form>", endpoint="export")
@requires(Items.LIST)
def export(form: str) -> Response:
    """All items that the reader sees. Its name says nothing of what is in it."""
    return attached(f"items.{form}", exports.export(current_actor(), form), FORMATS[form])


def _send_page(*problems: Problem) -> str:
    return render_template(
        "items/send.html", columns=ORDER, required=REQUIRED, problems=[message(one) for one in problems]
    )


def _steps(stage: Stage) -> list[tuple[str, str]]:
    """The steps of a file, each done, now or next."""
    at = _STEPS.index({Stage.CONFIRMED: Stage.WRITING}.get(stage, stage))
    place = lambda index: "ok" if index < at else "now" if index == at else ""  # noqa: E731
    return [(label(one), place(index)) for index, one in enumerate(_STEPS)]
