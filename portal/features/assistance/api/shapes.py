"""What programs read of requests, lines and pledges: each written once, for every answer that holds one."""

from collections.abc import Sequence
from typing import Any

from portal.features.assistance.domain.lifecycles import SHOWN
from portal.features.assistance.domain.rungs import Rung, Rungs, summed
from portal.features.assistance.domain.terms import line_terms
from portal.features.assistance.models import Pledge, Request, RequestLine, ServiceDelivery
from portal.features.assistance.policy import Pledges
from portal.features.assistance.queries.pledges import pledges_of
from portal.features.assistance.queries.progress import rungs_by_line
from portal.features.assistance.queries.reporting import Part, Used, part_of, parts_of, used_in, worth_of
from portal.infra.db import now
from portal.kernel.money import as_given
from portal.kernel.policy import Actor
from portal.web.access import allows


def line_of(one: Request, line: RequestLine, actor: Actor) -> dict[str, Any]:
    """What is withheld says why; its figures stay, so that totals reconcile. Rungs not recorded yet are null."""
    figures = {
        "number": line.number,
        "quantity": line.quantity,
        "pledged": line.pledged,
        "open": line.open,
        "received": line.received or None,
    }
    if one.shows(actor, line.field):
        score = line.score
        return line_terms(line) | figures | {"gap": line.gap, "sustainment_score": score.score if score else None}
    rule = one.rules.get(line.field)
    return figures | {"withheld": int(rule.withheld) if rule and rule.withheld else None}


def progress_of(one: Request, actor: Actor) -> dict[str, Any]:
    """The six rungs in all and of each line that the reader sees, and the pledges: as the page of the request."""
    if one.state not in SHOWN:
        return {}
    pledges, lines = pledges_of(one.id), one.live_lines
    each = rungs_by_line(one, pledges)
    parts = parts_of(lines, pledges, asked_on=(one.opened_at or now()).date())
    by_id = {line.id: line for line in one.lines}
    for pledge in pledges:
        pledge.request = one
    return {
        "rungs": _ladder(summed(each.values()), parts),
        "rungs_by_line": {
            str(line.number): _ladder(each[line.id], [part for part in parts if part.line_id == line.id])
            for line in lines
            if one.shows(actor, line.field)
        },
        "rates": [_rate(used) for used in used_in(parts)],
        "pledges": [
            {
                "ref": pledge.ref if pledge.disclosed_to(actor) else None,
                "line": by_id[pledge.line_id].number,
                "donor": pledge.agency.key if pledge.named_to(actor) else None,
                "quantity": pledge.quantity,
                "state": pledge.state,
            }
            for pledge in pledges
            if one.shows(actor, by_id[pledge.line_id].field)
        ],
    }


def _ladder(rungs: Rungs, parts: Sequence[Part]) -> dict[str, Any]:
    worth = worth_of(parts)

    def money(rung: Rung) -> dict[str, Any]:
        one = worth.get(rung)
        return {
            "given": [as_given(value) for value in one.given] if one else [],
            "reported": as_given(one.reported) if one and one.reported else None,
            "not_converted": one.left_out if one else 0,
        }

    return {rung.value: {"units": rungs.of(rung)} | money(rung) for rung in Rung}


def _rate(used: Used) -> dict[str, Any]:
    return {
        "of": used.of,
        "costs": used.costs,
        "rate": f"{used.rate:f}",
        "on": used.rated_on.isoformat(),
        "source": used.source,
    }


def pledge_of(pledge: Pledge) -> dict[str, Any]:
    return {
        "ref": pledge.ref,
        "state": pledge.state,
        "label": pledge.label.shown,
        "version": pledge.version,
        "request": pledge.request.ref,
        "line": pledge.line.number,
        "donor": pledge.agency.key,
        "implementer": pledge.implementer.key if pledge.implementer else None,
        "quantity": pledge.quantity,
        "received": pledge.received,
        "unit_value": as_given(pledge.unit_value),
        "value": as_given(pledge.value),
        "in_kind": pledge.in_kind,
        "valuation": pledge.valuation,
        "procurer": pledge.procurer,
        "available_from": pledge.available_from.isoformat(),
        "valid_until": pledge.valid_until.isoformat(),
        "conditions": pledge.conditions,
        "conditions_language": pledge.conditions_language,
        "tied": pledge.tied,
        "export_licence": pledge.export_licence,
        "agreement": pledge.agreement,
        "agreement_on": pledge.agreement_on.isoformat() if pledge.agreement_on else None,
        "reduce_to": pledge.reduce_to,
    }


def whole_pledge(pledge: Pledge, deliveries: Sequence[ServiceDelivery]) -> dict[str, Any]:
    """One pledge with its worth, its deliveries, and for the donor what was answered about the kind of flow."""
    part = part_of(pledge)
    found = pledge_of(pledge) | {
        "reported": as_given(part.conversion.money) if part.conversion else None,
        "rates": [_rate(used) for used in used_in([part])],
        "deliveries": [_delivery(one) for one in deliveries],
    }
    if not allows(Pledges.ODA, pledge):
        return found
    flow = {"answers": pledge.oda_answers, "suggested": pledge.oda_suggested, "decided": pledge.oda_flow}
    return found | {"oda": flow | {"note": pledge.oda_note}, "anonymous_reason": pledge.anonymous_reason}


def _delivery(one: ServiceDelivery) -> dict[str, Any]:
    return {
        "number": one.number,
        "starts_on": one.starts_on.isoformat(),
        "ends_on": one.ends_on.isoformat(),
        "quantity": one.quantity,
        "attended": one.attended,
        "accepted": one.accepted,
        "note": one.note,
        "reason": one.reason,
    }
