"""The pages of agencies and States."""

from datetime import date
from typing import Any

from babel.dates import format_date
from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from portal.features.agencies import queries, services
from portal.features.agencies.domain import AGENCY, AgencyKind, PartyStatus, ProtocolRole
from portal.features.agencies.forms import (
    AgencyForm,
    AgencyRecordForm,
    EndorsementForm,
    NewAgencyForm,
    StateForm,
    day_names,
    facts_of,
    state_choices,
    state_facts,
)
from portal.features.agencies.models import Agency, Standing, State
from portal.features.agencies.policy import Agencies, States
from portal.infra.db import now
from portal.kernel.policy import Role
from portal.kernel.states import REGIONS, STATES
from portal.web.access import allows, current_actor, requires
from portal.web.formats import day_text, locale, state_name
from portal.web.i18n import current_language
from portal.web.i18n import gettext as _
from portal.web.labels import label
from portal.web.pagination import Key, Page, paged
from portal.web.transitions import add_transition_routes

bp = Blueprint("agencies", __name__, url_prefix="/<language:lang>", template_folder="templates")
STATES_ON_PAGE = 25
KEY = "<string(maxlength=20):key>"
ISO2 = "<string(maxlength=2):iso2>"


def address(standing: Standing) -> str:
    return url_for("agencies.show", key=standing.ref)


@bp.get("/agencies")
@requires(Agencies.LIST)
def index() -> ResponseReturnValue:
    filters = queries.Filters.of(request.args)
    page = paged(queries.listed(current_actor(), filters).add_columns(Agency.key), [Key(Agency.key)])
    return render_template(
        "agencies/index.html",
        page=page,
        filters=filters,
        applied=_applied(filters),
        states=state_choices(_("All States")),
        regions=[(r, label(f"region.{r}")) for r in REGIONS],
        kinds=[(k.value, label(k)) for k in AgencyKind],
        permissions=Agencies,
    )


def _applied(filters: queries.Filters) -> list[tuple[str, str]]:
    """The filters in use, each with the address of the list without it."""
    words = {
        "q": filters.search,
        "state": state_name(filters.state) if filters.state else "",
        "region": label(f"region.{filters.region}") if filters.region else "",
        "kind": label(AgencyKind(filters.kind)) if filters.kind else "",
    }
    used: dict[str, Any] = {"q": filters.search, "state": filters.state, "region": filters.region, "kind": filters.kind}
    return [(text, url_for("agencies.index", **_without(used, name))) for name, text in words.items() if text]


@bp.get(f"/agencies/{KEY}")
@requires(Agencies.READ, load=queries.load)
def show(agency: Agency) -> ResponseReturnValue:
    return render_template(
        "agencies/show.html",
        agency=agency,
        standing=Standing(agency),
        lifecycle=AGENCY,
        party=party_line(agency.state) if agency.state else "",
        roles=[ProtocolRole(role) for role in agency.protocol_roles],
        days=day_names(agency.working_days),
        permissions=Agencies,
    )


@bp.get("/agencies/new")
@requires(Agencies.WRITE)
def new() -> ResponseReturnValue:
    form = NewAgencyForm(data={"time_zone": "UTC", "working_days": ["0", "1", "2", "3", "4"], "kind": ""})
    return render_template("agencies/edit.html", form=form, agency=None)


@bp.post("/agencies/new")
@requires(Agencies.WRITE)
def new_post() -> ResponseReturnValue:
    form = NewAgencyForm()
    agency = None if form.asks_for_row else form.run(services.enter, by=current_actor(), at=now())
    if agency is None:
        return render_template("agencies/edit.html", form=form, agency=None), form.status
    flash(label("agency.enter.done"))
    return redirect(url_for("agencies.show", key=agency.key), 303)


def _form_for(**kwargs: Any) -> AgencyForm:
    """The secretariat edits everything, an approver what the agency knows best."""
    return AgencyRecordForm(**kwargs) if current_actor().role == Role.SECRETARIAT else AgencyForm(**kwargs)


@bp.get(f"/agencies/{KEY}/edit")
@requires(Agencies.EDIT, load=queries.load)
def edit(agency: Agency) -> ResponseReturnValue:
    return render_template("agencies/edit.html", form=_form_for(data=facts_of(agency)), agency=agency)


@bp.post(f"/agencies/{KEY}/edit")
@requires(Agencies.EDIT, load=queries.load)
def edit_post(agency: Agency) -> ResponseReturnValue:
    form = _form_for()
    service = services.edit_record if isinstance(form, AgencyRecordForm) else services.edit_facts
    saved = None if form.asks_for_row else form.run(service, agency=agency, by=current_actor(), at=now())
    if saved is None:
        return render_template("agencies/edit.html", form=form, agency=agency), form.status
    flash(label("agency.edit.done"))
    return redirect(url_for("agencies.show", key=agency.key), 303)


add_transition_routes(
    bp,
    AGENCY,
    load=queries.load_standing,
    address=address,
    services={"verify": services.verify, "suspend": services.suspend, "resume": services.resume},
    prefix="/agencies",
)


@bp.get("/states")
@requires(States.READ)
def states() -> ResponseReturnValue:
    region = request.args["region"] if request.args.get("region") in REGIONS else ""
    status = request.args.get("status", "") if request.args.get("status") in set(PartyStatus) else ""
    rows, after = queries.states_of_page(
        current_language(), region=region, status=status, after=request.args.get("after", ""), size=STATES_ON_PAGE
    )
    kept: dict[str, Any] = {name: value for name, value in (("region", region), ("status", status)) if value}
    page = Page(
        rows,
        url_for("agencies.states", **kept, after=after) if after else None,
        url_for("agencies.states", **kept) if request.args.get("after") else None,
    )
    return render_template(
        "agencies/states.html",
        page=page,
        lines=[(info, row, party_line(row)) for info, row in rows],
        region=region,
        status=status,
        applied=[(_filter_words(n, v), url_for("agencies.states", **_without(kept, n))) for n, v in kept.items()],
        regions=[(r, label(f"region.{r}")) for r in REGIONS],
        statuses=[(s.value, label(s)) for s in PartyStatus],
    )


def _filter_words(name: str, value: str) -> str:
    return label(f"region.{value}") if name == "region" else label(PartyStatus(value))


def _without(kept: dict[str, Any], name: str) -> dict[str, Any]:
    return {key: value for key, value in kept.items() if value and key != name}


@bp.get(f"/states/{ISO2}")
@requires(States.READ, load=queries.load_state)
def state(record: State) -> ResponseReturnValue:
    return render_template(
        "agencies/state.html",
        state=record,
        info=STATES[record.iso2],
        party=party_line(record),
        as_of_text=as_of_text,
        states=States,
        agencies=queries.agencies_of(current_actor(), record.iso2),
    )


def _state_form(record: State, **kwargs: Any) -> EndorsementForm:
    """The State's coordinator has the switch alone."""
    return StateForm(**kwargs) if allows(States.EDIT, record) else EndorsementForm(**kwargs)


@bp.get(f"/states/{ISO2}/edit")
@requires(States.ENDORSEMENT, load=queries.load_state)
def edit_state(record: State) -> ResponseReturnValue:
    form = _state_form(record, data=state_facts(record))
    return render_template("agencies/edit_state.html", form=form, state=record, info=STATES[record.iso2])


@bp.post(f"/states/{ISO2}/edit")
@requires(States.ENDORSEMENT, load=queries.load_state)
def edit_state_post(record: State) -> ResponseReturnValue:
    form = _state_form(record)
    service = services.edit_state if isinstance(form, StateForm) else services.switch_endorsement
    if form.run(service, state=record, at=now()) is None:
        return render_template(
            "agencies/edit_state.html", form=form, state=record, info=STATES[record.iso2]
        ), form.status
    flash(_("What is known of this State is saved."))
    return redirect(url_for("agencies.state", iso2=record.iso2), 303)


def party_line(state: State) -> str:
    """What is known of the State and the Protocol, always with the day of the source: information, never a gate."""
    as_of = as_of_text(state.party_as_of)
    if state.party_status == PartyStatus.PARTY and state.consent_on:
        return _("Party since %(day)s (as of %(as_of)s)", day=day_text(state.consent_on), as_of=as_of)
    if state.party_status == PartyStatus.PARTY:
        return _("Party (as of %(as_of)s)", as_of=as_of)
    if state.party_status == PartyStatus.SIGNATORY_ONLY:
        return _("Signatory (as of %(as_of)s); may have become a Party since", as_of=as_of)
    return _("Not listed in the 2014 source; may have joined since")


def as_of_text(as_of: str) -> str:
    """A day, a month or a year as the source gives it, in the reader's language."""
    parts = [int(p) for p in as_of[:10].split("-") if p.isdigit()]
    if len(parts) == 3:  # noqa: PLR2004
        return day_text(date(*parts))
    if len(parts) == 2:  # noqa: PLR2004
        return format_date(date(parts[0], parts[1], 1), "LLLL y", locale=locale())
    return as_of
