"""Reads rates, and converts amounts at the rates that held."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from flask import current_app
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import aliased

from config import Config
from portal.features.rates.domain import HOLDS, Conversion, Quote, converted
from portal.features.rates.models import Rate
from portal.infra.db import db
from portal.kernel.money import Money
from portal.kernel.policy import Actor


def visible(actor: Actor | None) -> Select[Rate]:
    """Rates are public elsewhere: everyone who signed in reads them all."""
    return select(Rate) if actor else select(Rate).where(Rate.id.is_(None))


def listed(actor: Actor, currency: str) -> Select[Any]:
    """Newest day first, each with whether a later row corrects it, for `paged`."""
    later = aliased(Rate)
    corrected = exists().where(
        later.base == Rate.base,
        later.currency == Rate.currency,
        later.valid_on == Rate.valid_on,
        later.recorded_at > Rate.recorded_at,
    )
    query: Select[Any] = visible(actor).add_columns(corrected, Rate.valid_on, Rate.currency, Rate.id)
    return query.where(Rate.currency == currency) if currency else query


def currencies(actor: Actor) -> Sequence[str]:
    """Those of which there is any rate."""
    return db.session.scalars(visible(actor).with_only_columns(Rate.currency).distinct().order_by(Rate.currency)).all()


def convert(value: Money, *, on: date, to: str) -> Conversion | None:
    """`value` in the currency `to` at the rate of the day `on`, or None: there is no rate yet."""
    return convert_all([(value, on)], to=to)[0]


def convert_all(values: Iterable[tuple[Money, date]], *, to: str) -> list[Conversion | None]:
    """As `convert` for many amounts, each at its own day, in one statement."""
    asked = list(values)
    wanted = {value.currency for value, _ in asked} - {to}
    quotes = _quotes({*wanted, to}, [on for _, on in asked]) if wanted else []
    return [converted(value, on=on, to=to, quotes=quotes) for value, on in asked]


def convert_to_each(value: Money, *, on: date) -> dict[str, Money]:
    """`value` in every currency that has a rate on that day, and in its own: to compare amounts with, not to keep."""
    quotes = [_quote(row) for row in db.session.scalars(_select([on]))]
    known = {value.currency, *(quote.base for quote in quotes), *(quote.currency for quote in quotes)}
    found = {currency: converted(value, on=on, to=currency, quotes=quotes) for currency in sorted(known)}
    return {currency: conversion.money for currency, conversion in found.items() if conversion}


def reporting_currency() -> str:
    config: Config = current_app.extensions["config"]
    return config.reporting_currency


def in_force(base: str, days: Iterable[date]) -> dict[tuple[str, date], Quote]:
    """By currency and day, what counts now, over the days and what held before them."""
    span = list(days)
    if not span:
        return {}
    found = _select(span).where(Rate.base == base)
    return {(row.currency, row.valid_on): _quote(row) for row in db.session.scalars(found.order_by(Rate.recorded_at))}


def newest_recorded_at() -> datetime | None:
    return db.session.scalar(select(Rate.recorded_at).order_by(Rate.recorded_at.desc()).limit(1))


def _quotes(currencies_: set[str], days: Sequence[date]) -> list[Quote]:
    # A cross rate goes over any base, so the base is not asked for.
    found = _select(days).where(Rate.currency.in_(currencies_))
    return [_quote(row) for row in db.session.scalars(found)]


def _select(days: Sequence[date]) -> Select[Rate]:
    return select(Rate).where(Rate.valid_on.between(min(days) - HOLDS, max(days)))


def _quote(row: Rate) -> Quote:
    return Quote(row.base, row.currency, row.valid_on, row.rate, row.source, row.recorded_at)
