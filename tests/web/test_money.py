"""The field for an amount: it keeps what was typed, says how it was understood, and asks when there are two readings."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask, render_template_string
from wtforms import FieldList, Form, FormField, StringField

from portal.kernel.contract import Command, Part, words
from portal.kernel.errors import Problem
from portal.kernel.languages import LANGUAGES
from portal.kernel.money import CURRENCIES, Money, money
from portal.web.formats import money_text
from portal.web.forms import CommandForm
from portal.web.i18n import in_language
from portal.web.messages import message
from portal.web.money import MoneyField

WRITTEN = {
    "en": "EUR 18,500.00",
    "fr": "18\u202f500,00 EUR",
    "es": "18.500,00 EUR",
    "ru": "18\xa0500,00 EUR",
    "zh": "EUR 18,500.00",
    "ar": "\u200f18,500.00 EUR",
}


class Line(Part):
    name: words(20)  # type: ignore[valid-type]
    cost: money()  # type: ignore[valid-type]


class Gift(Command):
    value: money()  # type: ignore[valid-type]
    fee: money(zero=True) | None = None  # type: ignore[valid-type]
    lines: tuple[Line, ...] = ()


Command.every.remove(Gift)


class LineForm(Form):
    name = StringField("Name")
    cost = MoneyField("Unit cost")


class GiftForm(CommandForm[Gift]):
    command = Gift
    value = MoneyField("Value of the gift", currencies=("XOF", "EUR"), description="As on the invoice.")
    fee = MoneyField("Fee", currencies=("EUR",))
    lines = FieldList(FormField(LineForm), "Lines", min_entries=1)


@contextmanager
def form(app: Flask, language: str = "en", posted: dict[str, str] | None = None, **data: Any) -> Iterator[GiftForm]:
    method = "GET" if posted is None else "POST"
    with app.test_request_context(f"/{language}/help", method=method, data=posted), in_language(language):
        yield GiftForm(data=data)


def drawn(one: MoneyField) -> BeautifulSoup:
    source = '{% import "components/form.html" as forms %}{{ forms.field(one) }}'
    return BeautifulSoup(render_template_string(source, one=one), "html.parser")


def run(one: GiftForm) -> Gift | None:
    return one.run(lambda command: command)


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_amount_is_shown_as_the_reader_writes_with_the_code_of_its_currency(app: Flask, language: str) -> None:
    with form(app, language):
        text = money_text(Money(1850000, "EUR"))
        assert text.replace("\xa0EUR", " EUR").replace("EUR\xa0", "EUR ") == WRITTEN[language]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("value", [Money(1850050, "EUR"), Money(10005, "JPY"), Money(10505, "TND"), Money(5, "TND")])
def test_what_was_stored_opens_again_and_is_saved_the_same(app: Flask, language: str, value: Money) -> None:
    with form(app, language, value=value) as opened:
        shown = {f"value-{name}": text for name, text in opened["value"].data.items()}
    with form(app, language, posted=shown) as sent:
        command = run(sent)
        assert command is not None
        assert command.value == value


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_shown_can_be_typed_back(app: Flask, language: str) -> None:
    with form(app, language):
        text = money_text(Money(123456789, "EUR")).replace("EUR", "")
    with form(app, language, posted={"value-typed": text, "value-currency": "EUR"}) as sent:
        command = run(sent)
        assert command is not None
        assert command.value == Money(123456789, "EUR")


@pytest.mark.parametrize(
    ("language", "choices"),
    [
        ("en", ["EUR 10,005", "EUR 10.005"]),
        ("fr", ["10\u202f005 EUR", "10,005 EUR"]),
        ("es", ["10.005 EUR", "10,005 EUR"]),
        ("ru", ["10 005 EUR", "10,005 EUR"]),
        ("zh", ["EUR 10,005", "EUR 10.005"]),
        ("ar", ["\u200f10,005 EUR", "\u200f10.005 EUR"]),
    ],
)
@pytest.mark.parametrize("text", ["10.005", "10,005", "١٠٫٠٠٥", "１０．００５"])
def test_two_readings_are_offered_in_the_readers_way_of_writing(
    app: Flask, language: str, choices: list[str], text: str
) -> None:
    with form(app, language, posted={"value-typed": text, "value-currency": "EUR"}) as sent:
        assert run(sent) is None
        assert sent.status == 422
        page = drawn(sent["value"])
        radios = page.select("input[type=radio][name=value-reading]")
        assert [r["value"] for r in radios] == ["10005", "10.005"]
        assert not [r for r in radios if r.has_attr("checked")], "nothing is chosen for the reader"
        assert [label.text.replace("\xa0", " ") for label in page.select(".opt label")] == choices
        assert page.select_one("#value-typed")["value"] == text


def test_choosing_one_reading_is_all_it_takes(app: Flask) -> None:
    answer = {"value-typed": "10.005", "value-currency": "EUR", "value-reading": "10005"}
    with form(app, posted=answer) as sent:
        command = run(sent)
        assert command is not None
        assert command.value == Money(1000500, "EUR")
        assert drawn(sent["value"]).select_one("input[type=radio][checked]")["value"] == "10005"


def test_an_old_answer_is_not_taken_for_the_new_amount(app: Flask) -> None:
    with form(app, posted={"value-typed": "10.005", "value-currency": "JPY"}, value=Money(10005, "JPY")) as sent:
        assert run(sent) is None, "the stored amount answered a question about the new one"


def test_a_saved_draft_keeps_the_answer_and_the_question(app: Flask) -> None:
    with form(app, posted={"value-typed": "10.005", "value-currency": "EUR"}) as sent:
        draft = sent.typed()["value"]
    assert draft == {"typed": "10.005", "currency": "EUR"}, "a draft must not turn what was typed into an amount"
    with form(app, value=draft | {"reading": "10005"}) as opened:
        assert opened["value"].echo == Money(1000500, "EUR")
        assert drawn(opened["value"]).select_one("input[type=radio][checked]")["value"] == "10005"


def test_it_says_how_the_amount_was_understood_when_something_else_is_wrong(app: Flask) -> None:
    with form(app, "fr", posted={"value-typed": "18.500,5", "value-currency": "EUR", "fee-typed": "x"}) as sent:
        assert run(sent) is None
        assert "18\u202f500,50\xa0EUR" in drawn(sent["value"]).text
        assert sent["fee"].echo is None


def test_the_offered_currency_alone_is_no_answer(app: Flask) -> None:
    with form(
        app, posted={"value-typed": "5", "value-currency": "EUR", "fee-typed": "", "fee-currency": "EUR"}
    ) as sent:
        command = run(sent)
        assert command is not None
        assert command.fee is None


def test_another_currency_alone_asks_for_the_amount(app: Flask) -> None:
    with form(app, posted={"value-typed": "5", "value-currency": "EUR", "fee-currency": "USD"}) as sent:
        assert run(sent) is None
        assert sent["fee"].form.typed.errors
        assert 'value="USD"' in str(drawn(sent["fee"]).select_one("option[selected]"))


def test_a_row_asks_at_its_own_amount(app: Flask) -> None:
    rows = {"lines-0-name": "", "lines-1-name": "Reader", "lines-1-cost-typed": "1.500", "lines-1-cost-currency": "EUR"}
    with form(app, posted={"value-typed": "5", "value-currency": "EUR"} | rows) as sent:
        assert run(sent) is None
        assert sent["lines"].entries[1].form["cost"].form.typed.errors
        radios = drawn(sent["lines"].entries[1].form["cost"]).select("input[name=lines-1-cost-reading]")
        assert [r["value"] for r in radios] == ["1500", "1.500"]


def test_every_currency_is_offered_once_those_of_the_field_first(app: Flask) -> None:
    with form(app, "ar") as opened:
        codes = [o["value"] for o in drawn(opened["value"]).select("select option")]
    assert codes[:3] == ["", "XOF", "EUR"]
    assert sorted(codes[1:]) == sorted(CURRENCIES)


def test_figures_in_a_problem_are_written_for_the_reader(app: Flask) -> None:
    with form(app, "fr", posted={"value-typed": "99999999999999", "value-currency": "EUR"}) as sent:
        assert run(sent) is None
        assert "1\u202f000\u202f000\u202f000\u202f000" in drawn(sent["value"]).select_one("#value-typed-error").text


@pytest.mark.parametrize("code", ["not_an_amount", "amount_negative", "amount_zero", "not_a_decimal_string"])
def test_every_problem_has_words(app: Flask, code: str) -> None:
    with form(app):
        assert message(Problem(code))
