"""What is asked of each kind of equipment: templates made of its attributes in equipment.csv and of its group's."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from unicodedata import category

from portal.kernel.equipment import EQUIPMENT
from portal.kernel.errors import Problem


class AnswerKind(StrEnum):
    YES_NO = "yes_no"
    CHOICE = "choice"
    COUNT = "count"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Question:
    """One line of a template. `choices` are codes; their words are `spec.<key>.<code>`."""

    key: str
    kind: AnswerKind
    choices: tuple[str, ...] = ()


LONGEST_TEXT = 120
MOST = 100_000
YES_NO = ("yes", "no")
_YES_NO = [
    "icao_9303",
    "mrz",
    "chip",
    "pki",
    "uv_ir",
    "radio",
    "medical",
    "encryption",
    "offline",
    "surge_protected",
    "spares_in_country",
]
_COUNTS = ["seats", "capacity", "retention_days", "licence_years", "warranty_years"]
_TEXTS = [
    *("payload", "length", "power", "system", "wavelength", "magnification", "resolution"),
    *("band", "endurance", "range", "size", "standard"),
]
_CHOICES = {
    "drive": ("four_wheel", "two_wheel"),
    "fuel": ("diesel", "petrol", "electric"),
    "steering": ("left", "right"),
}
QUESTIONS: Mapping[str, Question] = {
    **{key: Question(key, AnswerKind.CHOICE, choices) for key, choices in _CHOICES.items()},
    **{key: Question(key, AnswerKind.YES_NO, YES_NO) for key in _YES_NO},
    **{key: Question(key, AnswerKind.COUNT) for key in _COUNTS},
    **{key: Question(key, AnswerKind.TEXT) for key in _TEXTS},
}
OF_ATTRIBUTE = {
    "icao_9303_support": "icao_9303",
    "mrz_td1_td2_td3": "mrz",
    "rfid_bac_pace": "chip",
    "pki_pkd_access": "pki",
    "uv_ir_visible": "uv_ir",
    "radio_fitted": "radio",
    "medical_fit_out": "medical",
    "disk_encryption": "encryption",
    "encrypted": "encryption",
    "encryption": "encryption",
    "seats": "seats",
    "capacity_persons": "capacity",
    "retention_days": "retention_days",
    "payload": "payload",
    "length_m": "length",
    "engine_power_kw": "power",
    "kva": "power",
    "va": "power",
    "os": "system",
    "wavelength_range": "wavelength",
    "wavelength_nm": "wavelength",
    "magnification": "magnification",
    "resolution": "resolution",
    "detector_resolution": "resolution",
    "frequency_band": "band",
    "endurance_min": "endurance",
    "range_km": "range",
    "size": "size",
    "standard": "standard",
    "protection_level": "standard",
    "fuel": "fuel",
    "right_hand_drive": "steering",
}
"""Attributes that say what is wanted; all others, such as a serial number, say which item was given."""
OF_GROUP = {
    "vehicles": ("drive", "steering", "fuel", "seats", "spares_in_country"),
    "document_readers": ("offline", "surge_protected", "licence_years"),
    "computer_systems": ("offline", "surge_protected"),
}
_DRIVEN = "registration"
"""The attribute of what is driven on a road: a boat or a quad is asked neither for its drive nor its steering."""
_READS_PEOPLE = frozenset({"rfid_bac_pace", "pki_pkd_access", "fingers"})
_ELECTRIC = frozenset({"serial_number"})


@cache
def template(category_key: str) -> tuple[Question, ...]:
    """The questions for a kind of equipment, in a fixed order; none for a kind we do not know."""
    kind = EQUIPMENT.get(category_key)
    if kind is None:
        return ()
    keys = [OF_ATTRIBUTE[name] for name in kind.attributes if name in OF_ATTRIBUTE]
    on_road = _DRIVEN in kind.attributes and "chassis_no" not in kind.attributes
    if kind.group != "vehicles" or on_road:
        keys += OF_GROUP.get(kind.group, ())
    if _ELECTRIC & set(kind.attributes) or kind.group == "vehicles":
        keys.append("warranty_years")
    return tuple(QUESTIONS[key] for key in QUESTIONS if key in keys)


def problems_of(category_key: str, answers: Mapping[str, str], field: str) -> Iterator[Problem]:
    """What is wrong with the answers to a template. Unanswered questions are not: donors see them as open."""
    asked = {question.key: question for question in template(category_key)}
    for key, answer in answers.items():
        if key not in asked:
            yield Problem("not_of_this_kind", f"{field}-{key[:40]}")
        elif code := _wrong(asked[key], answer):
            yield Problem(code, f"{field}-{key}", {"max": LONGEST_TEXT} if code == "too_long" else {})


def _wrong(question: Question, answer: str) -> str | None:
    if question.kind is AnswerKind.COUNT:
        is_count = answer.isdecimal() and len(answer) <= len(str(MOST)) and 0 < int(answer) <= MOST
        return None if is_count else "not_a_whole_number"
    if question.choices:
        return None if answer in question.choices else "not_in_list"
    if any(category(c) in {"Cc", "Cf", "Cs"} for c in answer):
        return "control_characters"
    return "too_long" if len(answer) > LONGEST_TEXT else None


def needs_legal_basis(category_key: str | None) -> bool:
    """Whether it reads people's bodies or their communications: then the law that allows it must be named."""
    kind = EQUIPMENT.get(category_key or "")
    return kind is not None and (kind.group == "interception" or bool(_READS_PEOPLE & set(kind.attributes)))
