"""Money: whole minor units of one currency, exact. Currencies and their decimals: portal/data/currencies.csv.

A command declares an amount as `unit_value: money()`. A form hands in what was typed, `{"typed": "18 500,00",
"currency": "EUR"}`, with `"reading": "18500.00"` once a question was answered; the API only canonical strings,
`{"amount": "18500.00", "currency": "EUR"}`.
"""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from functools import cache, partial
from pathlib import Path
from typing import Annotated, Any, LiteralString

from pydantic import AfterValidator, BeforeValidator, PlainSerializer, ValidationInfo
from pydantic.json_schema import SkipJsonSchema, WithJsonSchema
from pydantic_core import PydanticCustomError

from portal.kernel import amounts
from portal.kernel.amounts import Figure
from portal.kernel.contract import Part, written_by_program

FILE = Path(__file__).parent.parent / "data" / "currencies.csv"
MOST = 10**12
"""Of whole units: more is a slip of the finger in every currency, and would not fit the column in some."""
_EXACT = Context(prec=80, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, slots=True)
class Currency:
    """As ISO 4217 has it; `places` are the decimals in which it is counted."""

    code: str
    places: int
    name: str
    """In English, for programs; pages show the name that the reader's language has."""


@cache
def _read() -> dict[str, Currency]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: Currency(row["code"], int(row["places"]), row["en"]) for row in csv.DictReader(file)}


CURRENCIES: Mapping[str, Currency] = _read()


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of one currency, counted in its smallest unit: EUR 18,500.00 is `Money(1850000, "EUR")`."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if type(self.minor) is not int:
            raise TypeError("money is counted in whole minor units")
        if self.currency not in CURRENCIES:
            raise ValueError(f"no such currency: {self.currency}")

    @classmethod
    def of(cls, amount: Decimal | str | int, currency: str) -> "Money":
        """From an amount in whole units, exactly; `ValueError` when the currency does not have that many decimals."""
        if not isinstance(amount, Decimal | str | int) or isinstance(amount, bool):
            raise TypeError("a float is never an amount of money")
        minor = Decimal(amount).scaleb(places_of(currency), _EXACT)
        if minor != minor.to_integral_value():
            raise ValueError(f"{currency} has {places_of(currency)} decimals")
        return cls(int(minor), currency)

    @property
    def amount(self) -> Decimal:
        """In whole units, with all the decimals of its currency."""
        return Decimal(self.minor).scaleb(-places_of(self.currency), _EXACT)

    @property
    def canonical(self) -> Figure:
        """`18500.00`: what programs exchange."""
        return Figure(f"{self.amount:f}")

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def __mul__(self, quantity: int) -> "Money":
        if type(quantity) is not int:
            raise TypeError("money is multiplied by whole quantities; use `converted` for a rate")
        return Money(self.minor * quantity, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: "Money") -> bool:
        return self.minor < self._same(other).minor

    def __le__(self, other: "Money") -> bool:
        return self.minor <= self._same(other).minor

    def converted(self, rate: Decimal, to: str) -> "Money":
        """At `rate` units of `to` for one of ours, rounded half to even to the decimals of `to`, once."""
        exact = _EXACT.multiply(self.amount, rate).scaleb(places_of(to), _EXACT)
        return Money(int(exact.to_integral_value(rounding=ROUND_HALF_EVEN)), to)

    def _same(self, other: "Money") -> "Money":
        if self.currency != other.currency:
            raise ValueError(f"{self.currency} and {other.currency} are never added up or compared as they stand")
        return other


def places_of(currency: str) -> int:
    if currency not in CURRENCIES:
        raise ValueError(f"no such currency: {currency}")
    return CURRENCIES[currency].places


def totals(many: Iterable[Money]) -> dict[str, Money]:
    """One sum for each currency, in the order of its code: money of two currencies has no common sum."""
    sums: dict[str, int] = {}
    for one in many:
        sums[one.currency] = sums.get(one.currency, 0) + one.minor
    return {currency: Money(sums[currency], currency) for currency in sorted(sums)}


def money(*, zero: bool = False, most: int = MOST) -> Any:
    """A field of a command: `Money` above zero (or also zero), up to `most` whole units."""
    check = partial(_as_money, zero=zero, most=most)
    return Annotated[
        GivenMoney,
        BeforeValidator(_as_given, json_schema_input_type=GivenMoney),
        AfterValidator(check),
        PlainSerializer(as_given, return_type=dict[str, str]),
    ]


def as_given(value: Money) -> dict[str, str]:
    """As programs write it, and as `money()` reads it."""
    return {"amount": value.canonical, "currency": value.currency}


def _code(value: str) -> str:
    code = value.upper()
    if code not in CURRENCIES:
        raise PydanticCustomError("not_in_list", "")
    return code


def _by_program(value: object) -> Figure:
    figure = amounts.canonical(value) if isinstance(value, str) else None
    if figure is None:
        raise PydanticCustomError("not_a_decimal_string", "")
    return figure


def _by_hand(value: object, info: ValidationInfo) -> Figure:
    if written_by_program(info):
        raise PydanticCustomError("unknown_field", "")
    typed = value if isinstance(value, str) else ""
    found = amounts.readings(typed)
    if not found:
        raise PydanticCustomError("amount_negative" if amounts.is_negative(typed) else "not_an_amount", "")
    if len(found) == 1:
        return found[0]
    chosen = [one for one in found if one == info.data.get("reading")]
    if not chosen:
        raise PydanticCustomError("amount_two_ways", "", {"thousands": found[0], "decimals": found[1]})
    return chosen[0]


_CANONICAL_STRING = WithJsonSchema({"type": "string", "pattern": r"^(0|[1-9][0-9]*)(\.[0-9]+)?$"})


class GivenMoney(Part):
    """What a caller hands in for one amount: `reading` is the answer to which of two readings was meant."""

    reading: Annotated[str | None, SkipJsonSchema()] = None
    typed: Annotated[Any, AfterValidator(_by_hand), SkipJsonSchema()] = None
    amount: Annotated[Any, AfterValidator(_by_program), _CANONICAL_STRING] = None
    currency: Annotated[str, AfterValidator(_code)]


def _as_given(value: object) -> object:
    if isinstance(value, Money):
        return as_given(value)
    if isinstance(value, Mapping):
        return {name: part for name, part in value.items() if part is not None and part != ""}
    return value


def _as_money(given: GivenMoney, *, zero: bool, most: int) -> Money:
    figure = given.typed if given.typed is not None else given.amount
    at = "amount" if given.typed is None else "typed"
    places = CURRENCIES[given.currency].places

    def refuse(code: LiteralString, **params: object) -> PydanticCustomError:
        return PydanticCustomError(code, "", {"at": at, "currency": given.currency} | params)

    if figure is None:
        raise refuse("required")
    if figure.places > places:
        raise refuse("too_many_decimals", max=places) if places else refuse("no_decimals")
    if figure.number > most:
        raise refuse("amount_too_large", max=Figure(most))
    if not figure.number and not zero:
        raise refuse("amount_zero")
    return Money.of(figure.number, given.currency)
