"""Each translation is in its own script, is a translation, and uses the terms of the glossary."""

import csv
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog

from tools.catalogues import PLACEHOLDER, TRANSLATIONS, catalogue, read

GLOSSARY = Path("portal/data/glossary.csv")
SCRIPTS = {"ar": "ARABIC", "ru": "CYRILLIC", "zh": "CJK"}

SAME_AS_SOURCE = {
    "es": {"Asia", "Melanesia", "Micronesia", "Auditor", "Error:", "Inspector", "No", "No.", "no"},
    "fr": {
        "Action", "Article 14", "Code", "Europe", "Menu", "Pages", "Police", "Questions", "Source", "Transit",
        "Assistance", "Diesel", "Discrimination", "Expertise", "Licences", "Non-refoulement", "Port",
        "Corrections", "Description", "Destination", "Direction", "Document", "Documents", "Formats", "Message", "Note",
        "Options", "Points", "Score", " licence", " place", " point",
    },
}  # fmt: skip
"""Words that the two languages share. Nothing else may stay as it is in English."""

NAMES = re.compile(
    r"(?<![A-Za-z])(CSV|XLSX?|PDF|PNG|JPEG|WebP|DOCX|XOF|UTF-8|MB|Excel|"
    r"ISO 3166|AA|WCAG|Web|TLP|AMBER\+STRICT|AMBER|GREEN|CLEAR|RED|IT-BORD|DK-DEVE|FRA|UTC|"
    r"flask ledger verify|flask ledger compare|cpu=8; ram_gb=16|"
    r"IATI|XM-DAC-41128|VIN|IMEI|MAC|BAC|PACE|[IOQ]|Africa/Niamey|fr:B1|fr|A/67/775-S/2013/110|[ABC][12]?|name@ministry\.example)(?![A-Za-z])"
)
"""Names and codes that every language writes in Latin letters."""

TERMS = (
    "agency", "officer", "secretariat", "approver", "deputy", "national_coordinator", "liaison_officer", "proposal",
    "waiting_list", "draft", "password", "state_party", "security_clearance", "fraudulent_document",
    "humane_treatment", "administrator", "smuggling_of_migrants", "working_language", "time_zone",
)  # fmt: skip
"""Keys of the glossary whose English term, in a text of the portal, must come out as the glossary has it."""

BROKEN_PLURALS = {"نائب": "ن[او][ئا]ب"}
OTHER_ROLES = re.compile(r"(liaison|donor) officer")
"""In some languages their names do not contain the word for an officer."""


def texts(language: str) -> Iterator[tuple[str, str]]:
    """Every source with every form of its translation, without placeholders."""
    held: Catalog = read(catalogue(language), language)
    for message in held:
        if message.id:
            sources = message.id if isinstance(message.id, tuple | list) else (message.id,)
            forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
            for form in forms:
                yield PLACEHOLDER.sub("", sources[0]), PLACEHOLDER.sub("", form)


def has_words(text: str) -> bool:
    return bool(re.search(r"[^\W\d_]{2}", NAMES.sub("", text)))


@pytest.mark.parametrize("language", SCRIPTS)
def test_a_translation_is_written_in_the_script_of_its_language(language: str) -> None:
    wrong = []
    for source, text in texts(language):
        letters = [c for c in NAMES.sub("", text) if c.isalpha()]
        foreign = [c for c in letters if SCRIPTS[language] not in unicodedata.name(c)]
        if foreign or (not letters and has_words(source.replace(" to ", ""))):  # `1 to 5` may become `1–5`
            wrong.append(text)
    assert wrong == []


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_a_translation_differs_from_its_source(language: str) -> None:
    allowed = SAME_AS_SOURCE.get(language, set())
    same = {source for source, text in texts(language) if source.strip() == text.strip() and has_words(source)}
    assert same - allowed == set()


def stems(term: str, language: str) -> list[str]:
    """The beginnings that the words of a term keep in every number and case; a Chinese term is kept whole."""
    if language == "zh":
        return [re.sub(r"（.*", "", term)]
    words = [
        w.removeprefix("ال").removesuffix("ة") for w in re.findall(r"[^\W\d_]+", re.sub(r"\(.*", "", term).lower())
    ]
    kept = [w for w in words if len(w) > 3] or words
    return [BROKEN_PLURALS.get(w, re.escape(w[: max(3, len(w) - 3)])) for w in kept]


def plain(text: str) -> str:
    """Small letters, without the vowel signs of Arabic."""
    return re.sub(r"[\u064b-\u0652]", "", text.lower())


@pytest.mark.parametrize("language", TRANSLATIONS)
def test_the_terms_of_the_glossary_are_used(language: str) -> None:
    with GLOSSARY.open(encoding="utf-8", newline="") as file:
        glossary = {row["key"]: row for row in csv.DictReader(file)}
    wrong = []
    for key in TERMS:
        english = re.sub(r" \(.*", "", glossary[key]["en"].lower())
        wanted = [plain(stem) for stem in stems(glossary[key][language], language)]
        found = re.compile(rf"\b{english.removesuffix('y')}(y|ies|s)?\b")
        for source, text in texts(language):
            said = source.lower() if key == "liaison_officer" else OTHER_ROLES.sub("", source.lower())
            if found.search(said) and not all(re.search(stem, plain(text)) for stem in wanted):
                wrong.append((key, source, text))
    assert wrong == []
