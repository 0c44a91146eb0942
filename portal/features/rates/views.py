"""The pages of rates: the list for everyone who signed in, and the import for the secretariat."""

from http import HTTPStatus

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.rates import queries, services
from portal.features.rates.domain import COLUMNS, HOLDS, Plan
from portal.features.rates.policy import Rates
from portal.infra.db import now
from portal.infra.texts import Refused, decoded
from portal.kernel.errors import Problem
from portal.web.access import current_actor, requires
from portal.web.formats import currency_name
from portal.web.i18n import gettext as _
from portal.web.i18n import ngettext
from portal.web.messages import message
from portal.web.pagination import Key, paged

bp = Blueprint("rates", __name__, url_prefix="/<language:lang>", template_folder="templates")
Rate = queries.Rate
MOST_SHOWN = 100


@bp.get("/rates")
@requires(Rates.LIST)
def index() -> ResponseReturnValue:
    known = queries.currencies(current_actor())
    currency = request.args["currency"] if request.args.get("currency") in known else ""
    keys = [Key(Rate.valid_on, descending=True), Key(Rate.currency), Key(Rate.id, descending=True)]
    return render_template(
        "rates/index.html",
        page=paged(queries.listed(current_actor(), currency), keys),
        currency=currency,
        currencies=[(code, f"{code} – {currency_name(code)}") for code in known],
        base=queries.reporting_currency(),
        days=HOLDS.days,
        demo=current_app.config["DEMO"],
        permissions=Rates,
    )


@bp.get("/rates/import")
@requires(Rates.IMPORT)
def import_page() -> ResponseReturnValue:
    return _page("", None)


@bp.post("/rates/import")
@requires(Rates.IMPORT)
def import_post() -> ResponseReturnValue:
    text, unreadable = _sent()
    if unreadable:
        return _page(text, None, unreadable), HTTPStatus.UNPROCESSABLE_ENTITY
    base, at = queries.reporting_currency(), now()
    plan = services.check(text, base=base, at=at)
    seen = request.form.get("plan", "")
    if plan.problems:
        return _page(text, plan), HTTPStatus.UNPROCESSABLE_ENTITY
    if not seen or seen != plan.fingerprint:  # someone else may have imported since: look again, then confirm
        return _page(text, plan), HTTPStatus.CONFLICT if seen else HTTPStatus.OK
    services.import_rates(text, base=base, by=current_actor(), at=at, fingerprint=seen)
    flash(ngettext("%(num)s rate was written down.", "%(num)s rates were written down.", len(plan.rows)))
    return redirect(url_for("rates.index"), 303)


def _sent() -> tuple[str, Problem | None]:
    """The table: of a file when one was chosen, else as it was typed or mended in the page."""
    typed, file = request.form.get("table", ""), request.files.get("file")
    if file is None or not file.filename:
        return typed, None if typed.strip() else Problem("required", "table")
    content = file.read(services.MOST_CHARACTERS * 4 + 1)
    try:
        return decoded(content).text.replace("\x00", ""), None
    except Refused:
        return typed, Problem("rates_not_a_table", "table")


def _page(text: str, plan: Plan | None, *problems: Problem) -> str:
    return render_template(
        "rates/import.html",
        text=text,
        plan=plan,
        problems=[message(one) for one in problems],
        words=message,
        base=queries.reporting_currency(),
        columns=COLUMNS,
        most=MOST_SHOWN,
        title=_("Import rates of exchange"),
    )
