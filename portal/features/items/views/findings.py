"""The list of findings, the page of one, and its steps."""

from flask import render_template, request
from markupsafe import Markup

from portal.features.items import services
from portal.features.items.domain.lifecycles import FINDING
from portal.features.items.domain.parts import Standing
from portal.features.items.models import Finding
from portal.features.items.policy import Findings
from portal.features.items.queries import find_finding
from portal.features.items.queries.listing import findings_listed
from portal.features.items.views.blueprint import FINDING as ONE
from portal.features.items.views.blueprint import bp, finding_address
from portal.infra.db import now
from portal.web.access import current_actor, requires
from portal.web.i18n import current_language
from portal.web.labels import label
from portal.web.pagination import paged
from portal.web.transitions import add_transition_routes


def words_of(finding: Finding) -> Markup:
    """What it is about: in the words of who opened it, or ours where the portal did."""
    if not finding.language:
        return Markup("{}").format(label(f"finding.what.{finding.what}"))
    return Markup('<bdi lang="{}">{}</bdi>').format(finding.language, finding.what)


@bp.get("/findings", endpoint="findings")
@requires(Findings.LIST)
def index() -> str:
    given = request.args.get("show", "")
    standing = Standing(given) if given in {one.value for one in Standing} else Standing.OPEN
    today = now().date()
    page = paged(*findings_listed(current_actor(), standing, today=today))
    return render_template(
        "items/findings.html", page=page, standing=standing, standings=list(Standing), today=today, words_of=words_of,
        language=current_language(),
    )  # fmt: skip


@bp.get(ONE, endpoint="finding")
@requires(Findings.READ, load=find_finding)
def show(finding: Finding) -> str:
    return render_template(
        "items/finding.html", finding=finding, today=now().date(), lifecycle=FINDING, words=words_of(finding),
        language=current_language(),
    )  # fmt: skip


add_transition_routes(
    bp,
    FINDING,
    load=find_finding,
    address=finding_address,
    prefix="/findings",
    services={
        "explain": services.explain,
        "remedy": services.remedy,
        "send_back": services.send_back,
        "close": services.close,
    },
)
