"""Dates, numbers, States and languages as the reader writes them, for templates."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_date, format_time, get_datetime_format
from babel.lists import format_list
from babel.numbers import format_compact_decimal, format_currency, format_decimal, get_currency_name
from babel.units import format_unit
from flask import Flask, g
from markupsafe import Markup, escape

from portal.kernel.amounts import Figure
from portal.kernel.money import Money
from portal.kernel.states import STATES
from portal.web.i18n import current_language, pgettext

_CALENDAR_LANGUAGES = {"zh": "zh_Hans_CN"}


@cache
def _locale_of(language: str) -> Locale:
    return Locale.parse(_CALENDAR_LANGUAGES.get(language, language))


def locale() -> Locale:
    return _locale_of(current_language())


def day_text(on: date) -> str:
    """`8 Mar 2027`, in the reader's language."""
    return _day_text(on, current_language())


@lru_cache(maxsize=4_000)
def _day_text(on: date, language: str) -> str:
    """With the month as a word: in digits, Arabic readers of different countries read day and month differently."""
    return format_date(on, "d MMM y" if language in {"ar", "en"} else "medium", locale=_locale_of(language))


def day(on: date) -> Markup:
    return Markup('<time datetime="{}" class="nw">{}</time>').format(on.isoformat(), day_text(on))


def long_day_text(on: date) -> str:
    """With the day of the week, for the head of the inbox."""
    return format_date(on, "EEEE d MMMM y" if current_language() == "en" else "full", locale=locale())


def period_text(starts_on: date, ends_on: date) -> str:
    """Both ends, whole: `8 Mar 2027 – 12 Mar 2027` is longer, but is read the same way in all six languages."""
    if starts_on == ends_on:
        return day_text(starts_on)
    return pgettext("period of days", "%(first)s to %(last)s", first=day_text(starts_on), last=day_text(ends_on))


def period(starts_on: date, ends_on: date) -> Markup:
    return Markup("<span>{}</span>").format(period_text(starts_on, ends_on))


def instant_text(at: datetime) -> str:
    """Date and time in the reader's own zone, with its name, so that a deadline is never ambiguous."""
    zone = ZoneInfo(g.get("time_zone") or "UTC")
    local = at.astimezone(zone)
    clock = format_time(local, "HH:mm" if current_language() == "en" else "short", locale=locale())
    both = str(get_datetime_format("medium", locale=locale())).replace("'", "")
    words = both.replace("{0}", clock).replace("{1}", day_text(local.date()))
    return f"{words} {local.tzname() if zone.key == 'UTC' else zone.key}"


def instant(at: datetime) -> Markup:
    return Markup('<time datetime="{}">{}</time>').format(at.isoformat(timespec="minutes"), instant_text(at))


def number(value: float) -> str:
    return format_decimal(value, locale=locale())


def figure(value: Figure) -> str:
    """With exactly the decimals it has: `10.005` must not become `10`."""
    return format_decimal(
        value.number, _with_places("#,##0", value.places), locale=locale(), decimal_quantization=False
    )


def exact(value: Decimal) -> str:
    """A number with every digit it has, such as a rate of exchange."""
    return figure(Figure(f"{value:f}"))


def amount_text(value: Figure, currency: str) -> str:
    """`EUR 18,500.00` in the reader's language: always the code, because a sign like $ belongs to many."""
    pattern = locale().currency_formats["standard"].pattern.replace("¤#", "¤\N{NO-BREAK SPACE}#")
    pattern = _with_places(pattern.replace("¤", "¤¤").replace("0.00", "0"), value.places)
    return format_currency(
        value.number, currency, pattern, locale=locale(), currency_digits=False, decimal_quantization=False
    )


def _with_places(pattern: str, places: int) -> str:
    return pattern.replace("##0", "##0." + "0" * places if places else "##0")


def money_text(value: Money) -> str:
    return amount_text(value.canonical, value.currency)


def short_amount(value: Money) -> str:
    """`18.5K` without its currency, for a table that names it once; the exact amount stands elsewhere."""
    return format_compact_decimal(value.amount, fraction_digits=1, locale=locale())


def short_money_text(value: Money) -> str:
    """`EUR 18.5K` in the reader's language, for figures at a glance."""
    return f"{value.currency}\N{NO-BREAK SPACE}{short_amount(value)}"


def money(value: Money) -> Markup:
    return Markup('<bdi class="nw">{}</bdi>').format(money_text(value))


def currency_name(code: str) -> str:
    """In the reader's language; one that it has no name for stays a code."""
    return get_currency_name(code, locale=locale())


def size(count: int) -> str:
    """Of a file, in the unit that suits it."""
    for unit, bytes_in_it in (("digital-megabyte", 1_000_000), ("digital-kilobyte", 1_000)):
        if count >= bytes_in_it:
            return format_unit(round(count / bytes_in_it, 1), unit, "short", locale=locale())
    said = format_unit(count, "digital-byte", "long", locale=locale())
    # The short form has no plural, and some languages lack the long one.
    return said if "digital" not in said else format_unit(count, "digital-byte", "short", locale=locale())


def month_letters() -> list[str]:
    return [locale().months["stand-alone"]["narrow"][month] for month in range(1, 13)]


def state_name(iso2: str | None) -> str:
    """The name the United Nations uses, never that of the Unicode territories."""
    return STATES[iso2].name(current_language()) if iso2 and iso2 in STATES else ""


def cc(iso2: str | None, *, name: bool = True) -> Markup:
    """The three-letter code in a box, and the State's name."""
    return _cc(iso2, current_language() if name else None)


@lru_cache(maxsize=2_000)
def _cc(iso2: str | None, language: str | None) -> Markup:
    if iso2 is None or iso2 not in STATES:
        return Markup()
    code = STATES[iso2].iso3
    if language is None:
        return Markup('<span class="cc">{}</span>').format(code)
    return Markup('<span class="cc" aria-hidden="true">{}</span> {}').format(code, STATES[iso2].name(language))


def language_name(code: str) -> str:
    """The name of a language in the reader's language; a code we do not know stays a code."""
    return locale().languages.get(code, code)


def listed(items: Iterable[str]) -> str:
    """Several things in one line, parted as the reader's language does."""
    return format_list([*items], style="standard", locale=locale())


def bdi(text: Any) -> Markup:
    """A name or title inside a sentence of another direction."""
    return Markup("<bdi>{}</bdi>").format(escape(text))


def register_formats(app: Flask) -> None:
    app.jinja_env.globals |= {
        "day": day,
        "listed": listed,
        "day_text": day_text,
        "long_day_text": long_day_text,
        "period": period,
        "period_text": period_text,
        "instant": instant,
        "instant_text": instant_text,
        "number": number,
        "figure": figure,
        "exact": exact,
        "size": size,
        "money": money,
        "money_text": money_text,
        "short_amount": short_amount,
        "short_money_text": short_money_text,
        "amount_text": amount_text,
        "currency_name": currency_name,
        "state_name": state_name,
        "cc": cc,
        "language_name": language_name,
        "bdi": bdi,
    }
