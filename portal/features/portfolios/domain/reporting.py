"""What a donor publishes about a pledge under the International Aid Transparency Initiative, and what stays unsaid."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from typing import Any

from portal.features.agencies.domain import AgencyKind
from portal.features.assistance.domain.lifecycles import PledgeState
from portal.features.assistance.domain.rungs import COMMITTED
from portal.features.assistance.domain.vocabulary import LineKind
from portal.kernel.labels import Tlp
from portal.kernel.money import Money
from portal.kernel.states import STATES

SECTOR = "15190"
"""Facilitation of orderly, safe, regular and responsible migration: its text names border management."""
GRANT = "110"
PLEDGE, COMMITMENT, DISBURSEMENT = "12", "2", "3"
BY_THIRD_PARTY, BY_DONOR = "3", "4"
REGIONS = {
    "Northern Africa": "189",
    "Eastern Africa": "1027",
    "Middle Africa": "1028",
    "Southern Africa": "1029",
    "Western Africa": "1030",
    "Caribbean": "1031",
    "Central America": "1032",
    "South America": "489",
    "Northern America": "498",
    "Central Asia": "619",
    "Southern Asia": "679",
    "Eastern Asia": "789",
    "South-eastern Asia": "789",
    "Western Asia": "798",
    "Australia and New Zealand": "889",
    "Melanesia": "1033",
    "Micronesia": "1034",
    "Polynesia": "1035",
}
"""Regions of the standard by those of the United Nations. Western Asia is in several, so only Asia is said."""
ANYWHERE = "998"


class Openness(IntEnum):
    """How much of a pledge the file says."""

    NOTHING = 0
    REGION = 1
    COUNTRY = 2
    EVERYTHING = 3


def openness(label: Tlp, *, anonymous: bool) -> Openness:
    """The file is for everyone and names the donor: CLEAR in full, GREEN without names, AMBER by region alone."""
    if anonymous:
        return Openness.NOTHING
    known = {Tlp.CLEAR: Openness.EVERYTHING, Tlp.GREEN: Openness.COUNTRY, Tlp.AMBER: Openness.REGION}
    return known.get(label, Openness.NOTHING)


def region_of(iso2: str | None) -> str:
    state = STATES.get(iso2 or "")
    if state is None:
        return ANYWHERE
    return "89" if state.region == "Europe" else REGIONS.get(state.subregion, ANYWHERE)


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who takes part; `ref` is its identifier in the standard, where it has one."""

    name: str
    type: str
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Transaction:
    """Money, or goods valued in money."""

    type: str
    on: date
    value: Money
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Planned:
    """What is still to be delivered, from a day that has not come yet."""

    starts_on: date
    value: Money
    valued_on: date


@dataclass(frozen=True, slots=True)
class Activity:
    """One pledge as it is published."""

    ref: str
    titles: Mapping[str, str]
    status: str
    planned_start: date
    actual_start: date | None
    country: str
    region: str
    """Where the country is not said."""
    aid_type: str
    flow: str
    tied: str
    reason: int | None
    """Why the country is not said: a code of `Redaction`."""
    recipient: Organisation | None
    implementer: Organisation | None
    transactions: Sequence[Transaction]
    planned: Planned | None


STATUS = {
    PledgeState.OFFERED: "1",
    PledgeState.ACCEPTED: "1",
    PledgeState.COMMITTED: "2",
    PledgeState.DISPUTED: "2",
    PledgeState.FULFILLED: "3",
    PledgeState.CLOSED_SHORT: "3",
}
"""Finalisation, not closed: that it is used as agreed is still being verified."""
AID_TYPES = {LineKind.TRAINING: "D02", LineKind.EXPERTISE: "D02"}
PROJECT = "C01"
TYPES = {
    AgencyKind.INTERNATIONAL: "40",
    AgencyKind.NGO: "22",
    AgencyKind.SECRETARIAT: "40",
}
GOVERNMENT = "10"


def transactions(pledge: Any, deliveries: Sequence[tuple[date, int]], *, today: date) -> list[Transaction]:
    """What happened until today: the standard has no transactions in the future. `deliveries` are days and units."""
    channel = "" if not pledge.in_kind else BY_THIRD_PARTY if pledge.implementer_id else BY_DONOR
    found = [Transaction(PLEDGE, pledge.pledged_at.date(), pledge.value)]
    if pledge.state in COMMITTED:
        found.append(Transaction(COMMITMENT, pledge.agreement_on or pledge.pledged_at.date(), pledge.value))
    found += [Transaction(DISBURSEMENT, on, pledge.unit_value * units, channel) for on, units in deliveries if units]
    return [one for one in found if one.on <= today]


def planned(pledge: Any, *, today: date) -> Planned | None:
    left = pledge.quantity - pledge.received
    ended = pledge.state in {PledgeState.FULFILLED, PledgeState.CLOSED_SHORT}
    if ended or left <= 0 or pledge.available_from <= today:
        return None
    return Planned(pledge.available_from, pledge.unit_value * left, pledge.pledged_at.date())
