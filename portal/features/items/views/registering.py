"""Registers items and mends their description."""

from typing import Any

from flask import Response, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.features.items import services
from portal.features.items.domain.commands import DESCRIBED
from portal.features.items.forms.describing import edit_form, register_form, stored_attributes
from portal.features.items.models import Item
from portal.features.items.policy import Items
from portal.features.items.queries import find
from portal.features.items.views.blueprint import ONE, address, bp
from portal.features.shipments.queries import find_receipt_line
from portal.infra.db import now
from portal.kernel.equipment import EQUIPMENT, GROUPS
from portal.web.access import current_actor, requires
from portal.web.i18n import current_language
from portal.web.labels import label
from portal.web.scripts import with_script

_LONGEST_NUMBER = 6


@bp.get("/register", endpoint="register")
@requires(Items.REGISTER)
def start() -> ResponseReturnValue:
    """First the category, then what belongs to it."""
    category = request.args.get("category", "")
    if category not in EQUIPMENT:
        language = current_language()
        groups = [
            (
                group.name(language),
                [(kind.key, kind.name(language)) for kind in EQUIPMENT.values() if kind.group == key],
            )
            for key, group in GROUPS.items()
        ]
        return render_template("items/category.html", groups=groups)
    given: dict[str, Any] = {name: request.args.get(name, "") for name in ("request", "line", "funder", "holder")}
    given |= _of_receipt() | {"category": category, "quantity": 1}
    return _page(register_form(category, data=given), category)


def _of_receipt() -> dict[str, Any]:
    """What is known of an item that was received through the portal."""
    named = {name: request.args.get(name, "") for name in ("shipment", "receipt", "shipment_line")}
    numbers = [named[name] for name in ("receipt", "shipment_line")]
    if not named["shipment"] or not all(one.isdecimal() and len(one) < _LONGEST_NUMBER for one in numbers):
        return {}
    found = find_receipt_line(current_actor(), named["shipment"], int(numbers[0]), int(numbers[1]))
    if found is None:
        return {}
    return named | {"value": found.line.unit_value, "received_on": found.receipt.received_on}


@bp.post("/register", endpoint="register_post")
@requires(Items.REGISTER)
def take() -> ResponseReturnValue:
    category = request.form.get("category", "")
    if category not in EQUIPMENT:
        return redirect(request.path, 303)
    form = register_form(category)
    item = form.run(services.register, by=current_actor(), at=now())
    if item is None:
        return _page(form, category)
    flash(label("item.begin.done"))
    return redirect(address(item), 303)


@bp.get(f"{ONE}/edit", endpoint="edit")
@requires(Items.EDIT, load=find)
def edit(item: Item) -> ResponseReturnValue:
    values: dict[str, Any] = {name: getattr(item, name) for name in DESCRIBED}
    values |= stored_attributes(item.attributes) | {"version": item.version, "same_serial_reason": item.serial_reason}
    return _page(edit_form(item.category, data=values), item.category, item)


@bp.post(f"{ONE}/edit", endpoint="edit_post")
@requires(Items.EDIT, load=find)
def edit_post(item: Item) -> ResponseReturnValue:
    form = edit_form(item.category)
    if form.run(services.edit, item=item, by=current_actor(), at=now()) is None:
        return _page(form, item.category, item)
    flash(label("item.edit.done"))
    return redirect(address(item), 303)


def _page(form: Any, category: str, item: Item | None = None) -> Response:
    name = EQUIPMENT[category].name(current_language())
    drawn = render_template("items/describe.html", form=form, name=name, item=item)
    return with_script((drawn, form.status))
