"""Who may see a request above GREEN, and which of its fields are labelled apart or withheld."""

from datetime import datetime

from sqlalchemy import select

from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.assistance.domain.acts import LINE, ReleaseRequest, SetDisclosure
from portal.features.assistance.domain.disclosure import NAMED_ONLY, OPEN_LABELS, ORDER
from portal.features.assistance.models import Request, RequestField, RequestRelease
from portal.features.assistance.queries.records import is_donor
from portal.features.assistance.services.writing import index_words
from portal.features.people.models import Person
from portal.infra.db import db
from portal.infra.history import note
from portal.kernel.errors import Frozen, Problem, Rejected
from portal.kernel.labels import Tlp
from portal.kernel.policy import Actor, Role


def release(command: ReleaseRequest, *, request: Request, by: Actor, at: datetime) -> RequestRelease:
    """Release to whoever was typed: an address names a person, anything else an agency."""
    if request.frozen:
        raise Frozen
    if request.label in OPEN_LABELS:
        raise Rejected(Problem("request_release_not_needed"))
    if "@" in command.to:
        return _release(request, by=by, at=at, person_id=_person(command.to))
    agency_id = _agency(request, command.to, at=at)
    return _release(request, by=by, at=at, agency_id=agency_id, exact=command.exact and by.role != Role.SECRETARIAT)


def _person(address: str) -> int:
    person_id = db.session.scalar(select(Person.id).where(Person.email == address.strip().lower()))
    if person_id is None:
        raise Rejected(Problem("unknown_person", "to"))
    return person_id


def _agency(request: Request, key: str, *, at: datetime) -> int:
    """A RED request is released to people only, an AMBER one to donors; AMBER+STRICT to any agency by name."""
    if request.label == Tlp.RED:
        raise Rejected(Problem("request_release_to_people_only", "to"))
    verified = select(Agency.id).where(Agency.key == key.strip().upper(), Agency.status == AgencyStatus.VERIFIED)
    agency_id = db.session.scalar(verified)
    if agency_id is None:
        raise Rejected(Problem("unknown_agency", "to"))
    if agency_id == request.agency_id:
        raise Rejected(Problem("own_agency", "to"))
    if request.label not in NAMED_ONLY and not is_donor(agency_id, at=at):
        raise Rejected(Problem("not_a_donor", "to"))
    return agency_id


def _release(
    request: Request,
    *,
    by: Actor,
    at: datetime,
    agency_id: int | None = None,
    person_id: int | None = None,
    exact: bool = False,
) -> RequestRelease:
    known = select(RequestRelease).filter_by(request_id=request.id, agency_id=agency_id, person_id=person_id)
    found = db.session.scalars(known).first()
    if found is not None and (found.exact or not exact):
        return found
    if found is None:
        found = RequestRelease(
            request_id=request.id, agency_id=agency_id, person_id=person_id, released_by=by.person_id, at=at
        )
        db.session.add(found)
    found.exact = exact
    note(request.lifecycle, request, "release", by=by, at=at)
    return found


def set_disclosure(command: SetDisclosure, *, request: Request, by: Actor, at: datetime) -> RequestField | None:
    """Label one field apart, withhold it for a reason, or show it as the request is shown."""
    if request.frozen:
        raise Frozen
    if command.field.startswith(LINE) and command.field not in {line.field for line in request.lines}:
        raise Rejected(Problem("no_such_field", "field"))
    if command.label is not None and ORDER.index(command.label) <= ORDER.index(request.label):
        raise Rejected(Problem("not_stricter", "label"))
    row = next((one for one in request.fields if one.field == command.field), None)
    if command.label is None and command.withheld is None:
        if row is not None:
            request.fields.remove(row)
        row = None
    else:
        if row is None:
            row = RequestField(field=command.field)
            request.fields.append(row)
        row.label, row.withheld, row.at = command.label, command.withheld, at
        row.set_by = by.person_id or row.set_by
    details = {"field": command.field, "label": command.label, "withheld": command.withheld}
    note(request.lifecycle, request, "set_disclosure", by=by, at=at, details=details)
    index_words(request)
    return row
