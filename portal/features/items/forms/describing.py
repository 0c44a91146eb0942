"""The forms that register an item and mend its description, with the attributes of its category."""

from typing import Any

from wtforms import BooleanField, HiddenField, StringField, TextAreaField

from portal.features.items.domain.commands import EditItem, RegisterItem, attributes_of, has_vin, is_counted
from portal.features.items.domain.disclosure import LABELS
from portal.features.items.domain.vocabulary import Condition, RiskClass, SiteKind
from portal.kernel.errors import Problem
from portal.web.forms import ChoiceField, CommandForm, CountField, DayField, choices
from portal.web.i18n import later as _
from portal.web.labels import label
from portal.web.money import MoneyField

_PREFIX = "attribute_"
ONLY_ONE = ("serial", "vin", "engine_no")


class _DescribedForm(CommandForm[Any]):
    manufacturer = StringField(_("Manufacturer"))
    model = StringField(_("Model"))
    serial = StringField(_("Serial number"), description=_("As it stands on the item."))
    vin = StringField(_("Vehicle number (VIN)"))
    engine_no = StringField(_("Engine number"))
    tag = StringField(_("Your own number of it"))
    made_year = CountField(_("Year of manufacture"))
    received_on = DayField(_("Received on"), description=_("Leave it empty while it is still on its way."))
    warranty_until = DayField(_("Warranty until"))
    licence_until = DayField(_("Licence until"))
    stores_data = BooleanField(_("It stores data"))
    operators_required = CountField(_("Trained operators that it needs"))
    label = ChoiceField(_("Who may see it?"), choices=[])
    same_serial_reason = TextAreaField(
        _("Why another item may have the same serial number, or this one none"), render_kw={"rows": 2}
    )

    def __init__(self, *, category: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.category_key = category
        self.label.choices = choices((one.value, one.shown) for one in LABELS)
        if not has_vin(category):
            del self.vin
            del self.engine_no
        if is_counted(category):
            del self.serial

    @property
    def attribute_fields(self) -> list[Any]:
        return [self[_PREFIX + name] for name in attributes_of(self.category_key)]

    def typed(self) -> dict[str, object]:
        given = {name: self[_PREFIX + name].data or "" for name in attributes_of(self.category_key)}
        return super().typed() | {"attributes": {name: text for name, text in given.items() if text.strip()}}

    def show(self, problem: Problem) -> None:
        name = (problem.field or "").partition("attributes-")[2]
        super().show(Problem(problem.code, _PREFIX + name, problem.params) if name else problem)


class _RegisterForm(_DescribedForm):
    command = RegisterItem
    category = HiddenField()
    shipment = HiddenField()
    receipt = HiddenField()
    shipment_line = HiddenField()
    quantity = CountField(_("How many"))
    value = MoneyField(_("Value of all of it"), currencies=("EUR", "USD"))
    condition = ChoiceField(_("Condition"), enum=Condition)
    funder = StringField(_("Agency code of the donor"), description=_("Who paid for it, such as DK-DEVE."))
    implementer = StringField(
        _("Agency code of who carries it out"), description=_("Leave it empty when the donor does.")
    )
    holder = StringField(_("Agency code of the holder"), description=_("Leave it empty when your agency has it."))
    unit = StringField(_("Unit that uses it"))
    site = StringField(_("Exact place"))
    site_kind = ChoiceField(_("Kind of place"), enum=SiteKind)
    request = StringField(_("Reference of the request that it answers"))
    line = CountField(_("Number of the line"))
    risk_class = ChoiceField(_("How often it is checked"), enum=RiskClass, empty=_("As its category asks for"))


class _EditForm(_DescribedForm):
    command = EditItem
    version = HiddenField()


def register_form(category: str, **kwargs: Any) -> _RegisterForm:
    return _with_attributes(_RegisterForm, category)(category=category, **kwargs)


def edit_form(category: str, **kwargs: Any) -> _EditForm:
    return _with_attributes(_EditForm, category)(category=category, **kwargs)


def _with_attributes(form: type[Any], category: str) -> type[Any]:
    fields = {_PREFIX + name: StringField(label(f"item.attribute.{name}")) for name in attributes_of(category)}
    return type(form.__name__, (form,), fields)


def stored_attributes(attributes: dict[str, str]) -> dict[str, str]:
    """As the fields of the form are called."""
    return {_PREFIX + name: value for name, value in attributes.items()}
