"""Every act on an item that takes a form: a small page each, and the steps that take none."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template
from flask.typing import ResponseReturnValue

from portal.features.items import services
from portal.features.items.domain.checking import DUE_SOON
from portal.features.items.domain.lifecycles import CHECKED, GONE, ITEM, KEPT, LIVE, ItemState
from portal.features.items.domain.vocabulary import MoveKind
from portal.features.items.forms import acts as forms
from portal.features.items.models import Item
from portal.features.items.policy import Findings, Items
from portal.features.items.queries import find
from portal.features.items.services.handing import HANDED
from portal.features.items.services.moving import ENDED_FROM
from portal.features.items.views.blueprint import ONE, address, bp
from portal.features.people.queries import members
from portal.infra.db import now
from portal.kernel.policy import Permission
from portal.web.access import allows, current_actor, requires
from portal.web.forms import CommandForm
from portal.web.i18n import current_language
from portal.web.labels import label
from portal.web.transitions import add_transition_routes


def _number_of_handover(item: Item) -> dict[str, Any]:
    return {"number": item.handover.number if item.handover else ""}


def _number_of_move(item: Item) -> dict[str, Any]:
    return {"number": item.move.number if item.move else ""}


def _of_handover(item: Item) -> CommandForm[Any]:
    found = members(item.agency_id, at=now())
    me = current_actor().person_id
    colleagues = {one.handle: one.person.name for one in found if one.person_id != me}
    place = {"unit": item.unit, "site": item.site, "site_kind": item.site_kind, "condition": item.condition}
    return forms.OfferHandoverForm(colleagues=colleagues.items(), data=place)


def _of_plan(item: Item) -> CommandForm[Any]:
    named = item.checker.key if item.checker else ""
    return forms.PlanCheckForm(data={"by_agency": named, "due_on": item.next_check_on})


@dataclass(frozen=True, slots=True)
class Act:
    """A page with one short form: what it does, who may, when, and the service behind it."""

    name: str
    permission: Permission
    form: Callable[[Item], CommandForm[Any]]
    service: Callable[..., Any]
    when: Callable[[Item], bool]
    done: str = ""

    def open(self, item: Item) -> bool:
        """Whether the item offers it to this reader now."""
        return not item.frozen and self.when(item) and allows(self.permission, item)


def _idle(item: Item) -> bool:
    return item.handover is None and item.move is None


def _waits_for_consent(item: Item) -> bool:
    return item.move is not None and item.move.consented_at is None


def _waits_for_taking(item: Item) -> bool:
    return item.move is not None and item.move.kind is MoveKind.TRANSFER and item.move.consented_at is not None


LOSABLE = KEPT | {ItemState.MISSING}
AWAY = frozenset({ItemState.MISSING, ItemState.STOLEN})
ACTS = (
    Act("confirm_handover", Items.CONFIRM, lambda i: forms.ConfirmHandoverForm(data=_number_of_handover(i)),
        services.confirm_handover, lambda i: i.handover is not None),
    Act("refuse_handover", Items.CONFIRM, lambda i: forms.RefuseHandoverForm(data=_number_of_handover(i)),
        services.refuse_handover, lambda i: i.handover is not None),
    Act("consent", Items.CONSENT, lambda i: forms.ConsentForm(data=_number_of_move(i)), services.consent,
        _waits_for_consent),
    Act("take_over", Items.TAKE_OVER, lambda i: forms.TakeOverForm(data=_number_of_move(i)), services.take_over,
        _waits_for_taking, done="transfer"),
    Act("refuse_move", Items.REFUSE, lambda i: forms.RefuseMoveForm(data=_number_of_move(i)), services.refuse_move,
        lambda i: i.move is not None),
    Act("offer_handover", Items.HAND_OVER, _of_handover, services.offer_handover,
        lambda i: i.state in HANDED and _idle(i)),
    Act("open_finding", Findings.OPEN, lambda _i: forms.OpenFindingForm(
            data={"due_on": now().date() + DUE_SOON}), services.open_finding, lambda i: i.state not in GONE),
    Act("record_training", Items.EDIT, lambda i: forms.TrainingForm(
            data={"trained": i.operators_trained, "on": now().date()}), services.record_training, lambda i: i.state in LIVE),
    Act("plan_check", Items.PLAN, _of_plan, services.plan_check,
        lambda i: i.state in CHECKED and i.next_check_on is not None),
    Act("ask_transfer", Items.ASK, lambda _i: forms.AskTransferForm(), services.ask_transfer,
        lambda i: i.state in KEPT and _idle(i)),
    Act("ask_retirement", Items.ASK, lambda _i: forms.AskRetirementForm(), services.ask_retirement,
        lambda i: i.state in ENDED_FROM and _idle(i)),
    Act("ask_return", Items.ASK, lambda _i: forms.AskReturnForm(), services.ask_return,
        lambda i: i.state in ENDED_FROM and _idle(i)),
    Act("find", Items.FIND, lambda _i: forms.FindForm(), services.find_item, lambda i: i.state in AWAY,
        done="find_to_use"),
    Act("report_stolen", Items.LOSE, lambda _i: forms.ReportStolenForm(), services.report_stolen,
        lambda i: i.state in LOSABLE),
    Act("report_destroyed", Items.LOSE, lambda _i: forms.ReportDestroyedForm(), services.report_destroyed,
        lambda i: i.state in LOSABLE),
)  # fmt: skip


def _page(act: Act, item: Item, form: CommandForm[Any]) -> str:
    return render_template("items/act.html", act=act, item=item, form=form, language=current_language())


def _add(act: Act) -> None:
    def show(item: Item) -> str:
        return _page(act, item, act.form(item))

    def take(item: Item) -> ResponseReturnValue:
        form = act.form(item)
        context: dict[str, Any] = {"item": item, "by": current_actor(), "at": now()}
        if act.name == "open_finding":
            context["language"] = current_language()
        if form.run(act.service, **context) is None:
            return _page(act, item, form), form.status
        flash(label(f"item.{act.done or act.name}.done"))
        return redirect(address(item), 303)

    guard, rule = requires(act.permission, load=find), f"{ONE}/{act.name.replace('_', '-')}"
    bp.add_url_rule(rule, endpoint=f"item_{act.name}_page", view_func=guard(show), methods=["GET"])
    bp.add_url_rule(rule, endpoint=f"item_{act.name}", view_func=guard(take), methods=["POST"])


for _act in ACTS:
    _add(_act)

add_transition_routes(
    bp,
    ITEM,
    load=find,
    address=address,
    prefix="/items",
    services={
        "deliver": services.deliver,
        "store": services.store,
        "put_to_use": services.put_to_use,
        "repair": services.repair,
        "repaired": services.repaired,
        "report_missing": services.report_missing,
    },
)
