"""Money is exact, and an amount that can be read two ways is never guessed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.amounts import canonical, readings
from portal.kernel.contract import Command, decode
from portal.kernel.errors import Problem, Rejected
from portal.kernel.money import CURRENCIES, Money, money, totals

NARROW, NO_BREAK = "\u202f", "\u00a0"
ARABIC = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")
PERSIAN = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
FULL_WIDTH = str.maketrans("0123456789.,", "０１２３４５６７８９．，")


class Gift(Command):
    value: money()  # type: ignore[valid-type]
    fee: money(zero=True, most=1000) | None = None  # type: ignore[valid-type]


Command.every.remove(Gift)


def typed(text: str, currency: str = "EUR", **more: str) -> dict[str, str]:
    return {"typed": text, "currency": currency} | more


def refused(value: object, *, by_program: bool = False) -> list[tuple[str, str | None]]:
    with pytest.raises(Rejected) as refusal:
        decode(Gift, {"value": value}, by_program=by_program)
    return [(p.code, p.field) for p in refusal.value.problems]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("18500", "18500"),
        ("18500.5", "18500.5"),
        ("18500,50", "18500.50"),
        ("18,500.00", "18500.00"),
        ("18.500,00", "18500.00"),
        ("18 500,00", "18500.00"),
        (f"18{NARROW}500,00", "18500.00"),
        (f"18{NO_BREAK}500", "18500"),
        ("18'500.00", "18500.00"),
        ("18’500", "18500"),
        ("1,234,567", "1234567"),
        ("1.234.567", "1234567"),
        ("1 234 567", "1234567"),
        ("1,234,567.891", "1234567.891"),
        ("1 234,567", "1234.567"),
        ("١٨٥٠٠", "18500"),
        ("١٨٬٥٠٠٫٢٥", "18500.25"),
        ("١٨،٥٠٠٫٢٥", "18500.25"),
        ("۱۸٬۵۰۰٫۲۵", "18500.25"),
        ("\u200f18,500.50\u200f", "18500.50"),
        ("１８，５００．５０", "18500.50"),
        ("१८५००", "18500"),
        ("  7 ", "7"),
        ("0", "0"),
        ("0,5", "0.5"),
        ("007", "7"),
        ("10.0050", "10.0050"),
    ],
)
def test_one_way_to_read_it(text: str, amount: str) -> None:
    assert readings(text) == (amount,)


@pytest.mark.parametrize("mark", [".", ",", "٫", "٬", "،", "．", "，"])
@pytest.mark.parametrize("script", [{}, ARABIC, PERSIAN, FULL_WIDTH])
@pytest.mark.parametrize("whole", ["1", "10", "100", "1234", "0"])
def test_one_mark_before_exactly_three_digits_always_asks(mark: str, script: dict[int, str], whole: str) -> None:
    text = whole.translate(script) + mark + "005".translate(script)
    assert readings(text) == (f"{whole}005".lstrip("0"), f"{whole}.005")


@pytest.mark.parametrize(
    "text",
    [
        *("", " ", ".", ",", "1.", ".5", ",500", "1..5", "1,,000", "1 ,5", "1  000", "1.2.3", "1,23,456", "12 34"),
        *("1 2345", "1234 567", "0,123,456", "1,234.567,8", "1.234,567.8", "1,234 567", "1'234,567'8", "1٫234٫567"),
        *("1e3", "1E3", "10^3", "NaN", "nan", "inf", "∞", "-inf", "+5", "(5)", "5-", "5%", "½", "²", "五", "Ⅻ", "0x10"),
        *("€5", "5 EUR", "EUR 5", "5 €", "1_000", "five", "1;000", "1:50", "1/2", "1\u2000000\u2000", "5\x00", "5\n5"),
        *("1٠", "١0", "1１", "৪5", "1\u200b000", "1\u202e000", "9" * 41, "1," + "000," * 20 + "000"),
    ],
)
def test_what_is_no_amount_has_no_reading(text: str) -> None:
    assert readings(text) == ()
    assert refused(typed(text or " x")) == [("not_an_amount", "value-typed")]


@pytest.mark.parametrize("text", ["-5", "−5", "－５", "- 5", "-18.500,00", "-10.005", "-٥", "\u200f-5"])
def test_a_negative_amount_is_called_negative(text: str) -> None:
    assert refused(typed(text)) == [("amount_negative", "value-typed")]


def test_the_question_carries_both_readings() -> None:
    with pytest.raises(Rejected) as refusal:
        decode(Gift, {"value": typed("10.005")})
    question = Problem("amount_two_ways", "value-typed", {"thousands": "10005", "decimals": "10.005"})
    assert refusal.value.problems == (question,)


def test_an_answered_question_is_not_asked_again() -> None:
    assert decode(Gift, {"value": typed("10.005", reading="10005")}).value == Money(1000500, "EUR")
    assert decode(Gift, {"value": typed("10,505", "TND", reading="10.505")}).value == Money(10505, "TND")


def test_the_answer_to_another_amount_is_no_answer() -> None:
    assert refused(typed("20.005", reading="10005")) == [("amount_two_ways", "value-typed")]


def test_an_answer_changes_nothing_where_there_was_no_question() -> None:
    assert decode(Gift, {"value": typed("10.50", reading="1050")}).value == Money(1050, "EUR")


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (typed("10.005", reading="10.005"), ("too_many_decimals", "value-typed")),
        (typed("10.5", "JPY"), ("no_decimals", "value-typed")),
        (typed("10,50", "XOF"), ("no_decimals", "value-typed")),
        (typed("1.2345", "TND"), ("too_many_decimals", "value-typed")),
        (typed("0"), ("amount_zero", "value-typed")),
        (typed("0,00"), ("amount_zero", "value-typed")),
        (typed("1000000000001"), ("amount_too_large", "value-typed")),
        (typed("9" * 40), ("amount_too_large", "value-typed")),
        (typed("5", "XXX"), ("not_in_list", "value-currency")),
        (typed("5", "€"), ("not_in_list", "value-currency")),
        ({"typed": "5"}, ("required", "value-currency")),
        ({"currency": "EUR"}, ("required", "value-amount")),
        ({"currency": "EUR", "typed": ""}, ("required", "value-amount")),
        ({"currency": "EUR", "amount": "5", "vat": "1"}, ("unknown_field", "value-vat")),
        ("5 EUR", ("not_valid", "value")),
        (None, ("required", "value")),
    ],
)
def test_refusals_are_at_the_control_that_can_mend_them(value: object, problem: tuple[str, str]) -> None:
    assert refused(value) == [problem]


def test_both_halves_of_an_answer_are_looked_at_together() -> None:
    assert refused(typed("10.005", "XYZ")) == [("amount_two_ways", "value-typed"), ("not_in_list", "value-currency")]


def test_zero_and_a_ceiling_where_a_command_says_so() -> None:
    assert decode(Gift, {"value": typed("1"), "fee": typed("0")}).fee == Money(0, "EUR")
    with pytest.raises(Rejected) as refusal:
        decode(Gift, {"value": typed("1"), "fee": typed("1000,01")})
    assert [(p.code, p.params["max"]) for p in refusal.value.problems] == [("amount_too_large", "1000")]


def test_three_decimals_are_right_where_the_currency_has_them() -> None:
    given_by_program = {"amount": "10.505", "currency": "TND"}
    assert decode(Gift, {"value": given_by_program}, by_program=True).value == Money(10505, "TND")


@pytest.mark.parametrize("amount", ["1,5", "1 500", "01", "1.", ".5", "+1", "-1", "1e3", "١", "", 5, 5.0, True, ["5"]])
def test_a_program_writes_one_way_only(amount: object) -> None:
    [(code, field)] = refused({"amount": amount, "currency": "EUR"}, by_program=True)
    assert (code, field) in {("not_a_decimal_string", "value-amount"), ("required", "value-amount")}


def test_a_program_cannot_type_by_hand() -> None:
    assert refused(typed("10"), by_program=True) == [("unknown_field", "value-typed")]


def test_what_a_command_holds_is_written_as_programs_write_it() -> None:
    gift = decode(Gift, {"value": typed("18 500,5")})
    assert gift.model_dump(mode="json")["value"] == {"amount": "18500.50", "currency": "EUR"}
    assert decode(Gift, gift.model_dump(mode="json"), by_program=True) == gift
    assert set(Gift.model_json_schema()["$defs"]["GivenMoney"]["properties"]) == {"amount", "currency"}


@pytest.mark.parametrize(
    ("places", "codes"),
    [
        (0, "JPY XOF XAF KRW VND"),
        (2, "EUR USD GBP BAM GEL NGN MAD ETB DKK CHF IRR"),
        (3, "TND KWD BHD JOD LYD IQD OMR"),
    ],
)
def test_currencies_have_their_own_decimals(places: int, codes: str) -> None:
    assert {CURRENCIES[code].places for code in codes.split()} == {places}


def test_withdrawn_currencies_and_units_of_account_are_not_offered() -> None:
    assert not {"EEK", "LTL", "XBT", "XXX", "XTS", "XAU", "CLF"} & CURRENCIES.keys()
    assert len(CURRENCIES) == 160


@given(st.integers(0, 10**15), st.sampled_from(sorted(CURRENCIES)))
def test_every_amount_survives_being_written_down(minor: int, currency: str) -> None:
    value = Money(minor, currency)
    assert Money.of(value.canonical, currency) == value
    assert canonical(value.canonical) == value.canonical
    assert value.canonical in readings(value.canonical)


@given(st.integers(0, 10**13), st.sampled_from(",. '"), st.sampled_from(",.٫"), st.sampled_from(["EUR", "JPY", "TND"]))
def test_every_way_of_grouping_is_read_back_or_asked_about(minor: int, group: str, point: str, currency: str) -> None:
    value = Money(minor, currency)
    text = f"{value.amount:,f}".replace(",", "G").replace(".", point).replace("G", group)
    found = readings(text)
    if group == point and text.count(group) > 1 and CURRENCIES[currency].places:
        return  # nobody writes both with one mark; what is then read is tried by hand above
    assert value.canonical in found
    marks = [c for c in text if not c.isdecimal()]
    asks = len(marks) == 1 and marks[0] in ",.٫" and len(text.rpartition(marks[0])[2]) == 3
    assert len(found) == (2 if asks else 1)


def test_sums_stay_in_one_currency() -> None:
    assert Money(5, "EUR") + Money(7, "EUR") == Money(12, "EUR")
    assert Money(5, "EUR") * 3 == 3 * Money(5, "EUR") == Money(15, "EUR")
    assert Money(5, "EUR") - Money(7, "EUR") == Money(-2, "EUR")
    assert totals([Money(5, "USD"), Money(1, "EUR"), Money(2, "EUR")]) == {
        "EUR": Money(3, "EUR"),
        "USD": Money(5, "USD"),
    }
    for wrong in (lambda: Money(5, "EUR") + Money(5, "USD"), lambda: Money(5, "EUR") < Money(6, "USD")):
        with pytest.raises(ValueError, match="never"):
            wrong()


@pytest.mark.parametrize(
    "wrong", [lambda: Money(1.0, "EUR"), lambda: Money(True, "EUR"), lambda: Money(5, "EUR") * 1.5]
)  # type: ignore[arg-type,operator]
def test_money_is_never_a_float(wrong) -> None:
    with pytest.raises(TypeError):
        wrong()


def test_an_amount_that_does_not_fit_its_currency_is_no_money() -> None:
    with pytest.raises(ValueError, match="2 decimals"):
        Money.of("10.005", "EUR")
    with pytest.raises(ValueError, match="no such currency"):
        Money(1, "UKP")


@pytest.mark.parametrize(
    ("value", "rate", "to", "converted"),
    [
        (Money(100, "EUR"), "1.0835", "USD", Money(108, "USD")),
        (Money(1, "EUR"), "0.5", "USD", Money(0, "USD")),  # half to even
        (Money(3, "EUR"), "0.5", "USD", Money(2, "USD")),
        (Money(1000, "JPY"), "0.0061", "EUR", Money(610, "EUR")),
        (Money(10505, "TND"), "151", "XOF", Money(1586, "XOF")),
        (Money(10**14, "IRR"), "0.0000238095", "KWD", Money(23809500000, "KWD")),
    ],
)
def test_a_conversion_rounds_once_to_the_decimals_of_the_other_currency(
    value: Money, rate: str, to: str, converted: Money
) -> None:
    assert value.converted(Decimal(rate), to) == converted
