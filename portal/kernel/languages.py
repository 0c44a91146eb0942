"""The six languages of the portal and the levels at which people speak a language."""

from enum import StrEnum

LANGUAGES = ("ar", "zh", "en", "fr", "ru", "es")
"""Every page exists in each of these, in this order everywhere."""

NATIVE_NAMES = {
    "ar": "العربية",
    "zh": "中文",
    "en": "English",
    "fr": "Français",
    "ru": "Русский",
    "es": "Español",
}

SOURCE_LANGUAGE = "en"
RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ps", "ur"})


class Level(StrEnum):
    """Common European Framework of Reference for Languages, from beginner to mastery."""

    A1 = "A1"
    A2 = "A2"
    B1 = "B1"
    B2 = "B2"
    C1 = "C1"
    C2 = "C2"
