"""The form field for an amount of money: it reads what people type, shows how it was understood, and asks when unsure."""

from collections.abc import Sequence
from typing import Any

from wtforms import Form, FormField, RadioField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.utils import unset_value

from portal.kernel import amounts
from portal.kernel.amounts import Figure
from portal.kernel.money import CURRENCIES, Money, as_given
from portal.web.formats import currency_name, locale
from portal.web.forms import ChoiceField, choices
from portal.web.i18n import later as _


class _MoneyForm(Form):
    """The controls of one amount; `reading` answers which of two readings was meant, and only then appears."""

    typed = StringField(render_kw={"inputmode": "decimal", "autocomplete": "off", "maxlength": amounts.MOST_TYPED})
    currency = ChoiceField(_("Currency"))
    reading = RadioField(_("Which amount do you mean?"), validate_choice=False, choices=[])


class MoneyField(FormField):
    """An amount and its currency, for a command's `money()`.

    `currencies` are offered first, and the first of them is chosen until the reader chooses another.
    """

    def __init__(self, text: str, *, currencies: Sequence[str] = (), **kwargs: Any) -> None:
        super().__init__(_MoneyForm, text, **kwargs)
        self.currencies = tuple(currencies)

    def process(self, formdata: Any, data: Any = unset_value, extra_filters: Any = None) -> None:
        parts = self._as_typed(None if data is unset_value else data)
        if formdata:
            parts.pop("reading", None)  # it answered what was typed before, and what is typed now may differ
        super().process(formdata, parts, extra_filters)
        self.form.typed.label.text = self.label.text
        self.form.currency.choices = self._offered()
        if self.ambiguous:
            self.form.reading.choices = [SelectChoice(one, one) for one in self.readings]

    @property
    def readings(self) -> tuple[Figure, ...]:
        return amounts.readings(self.form.typed.data or "")

    @property
    def ambiguous(self) -> bool:
        return len(self.readings) > 1

    @property
    def echo(self) -> Money | None:
        """The amount as it was understood; nothing while it is not."""
        known = [one for one in self.readings if not self.ambiguous or one == self.form.reading.data]
        currency = CURRENCIES.get(self.form.currency.data or "")
        if not known or currency is None or known[0].places > currency.places:
            return None
        return Money.of(known[0].number, currency.code)

    @property
    def data(self) -> dict[str, str] | None:
        """What the command reads, in a form that a saved draft keeps; nothing when only an offered currency is there."""
        parts = {name: (self.form[name].data or "").strip() for name in ("typed", "currency", "reading")}
        untouched = not parts["typed"] and parts["currency"] in ("", *self.currencies[:1])
        return None if untouched else {name: text for name, text in parts.items() if text}

    def _as_typed(self, given: Any) -> dict[str, str]:
        """A form that is opened again shows an amount so that reading it gives the same amount."""
        parts = as_given(given) if isinstance(given, Money) else dict(given or {})
        if figure := amounts.canonical(parts.pop("amount", "")):
            parts |= {"typed": figure.replace(".", locale().number_symbols["latn"]["decimal"]), "reading": figure}
        return {"currency": self.currencies[0] if self.currencies else ""} | parts

    def _offered(self) -> list[SelectChoice]:
        first = [code for code in (*self.currencies, self.form.currency.data) if code in CURRENCIES]
        codes = dict.fromkeys([*first, *CURRENCIES])
        return choices(((code, f"{code} – {currency_name(code)}") for code in codes), empty="")
