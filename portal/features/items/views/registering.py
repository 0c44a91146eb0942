"""Registers items and mends their description."""

from typing import Any

from flask import flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from portal.features.items import services
from portal.features.items.forms.describing import edit_form, register_form, stored_attributes
from portal.features.items.models import Item
from portal.features.items.policy import Items
from portal.features.items.queries import find
from portal.features.items.services.registering import DESCRIBED
from portal.features.items.views.blueprint import ONE, address, bp
from portal.infra.db import now
from portal.kernel.equipment import EQUIPMENT, GROUPS
from portal.web.access import current_actor, requires
from portal.web.i18n import current_language
from portal.web.labels import label


@bp.get("/register", endpoint="register")
@requires(Items.REGISTER)
def start() -> str:
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
    given = {name: request.args.get(name, "") for name in ("request", "line", "funder", "holder")}
    return _page(register_form(category, data=given | {"category": category, "quantity": 1}), category)


@bp.post("/register", endpoint="register_post")
@requires(Items.REGISTER)
def take() -> ResponseReturnValue:
    category = request.form.get("category", "")
    if category not in EQUIPMENT:
        return redirect(request.path, 303)
    form = register_form(category)
    item = form.run(services.register, by=current_actor(), at=now())
    if item is None:
        return _page(form, category), form.status
    flash(label("item.begin.done"))
    return redirect(address(item), 303)


@bp.get(f"{ONE}/edit", endpoint="edit")
@requires(Items.EDIT, load=find)
def edit(item: Item) -> str:
    values: dict[str, Any] = {name: getattr(item, name) for name in DESCRIBED}
    values |= stored_attributes(item.attributes) | {"version": item.version, "same_serial_reason": item.serial_reason}
    return _page(edit_form(item.category, data=values), item.category, item)


@bp.post(f"{ONE}/edit", endpoint="edit_post")
@requires(Items.EDIT, load=find)
def edit_post(item: Item) -> ResponseReturnValue:
    form = edit_form(item.category)
    if form.run(services.edit, item=item, by=current_actor(), at=now()) is None:
        return _page(form, item.category, item), form.status
    flash(label("item.edit.done"))
    return redirect(address(item), 303)


def _page(form: Any, category: str, item: Item | None = None) -> str:
    name = EQUIPMENT[category].name(current_language())
    return render_template("items/describe.html", form=form, name=name, item=item)
