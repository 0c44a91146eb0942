"""Makes the words a text is found by, in every script: folded, stemmed, Chinese in pairs of characters."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

import snowballstemmer

LONGEST = 40
MOST_WORDS = 200
_STEMMERS = {"en": "english", "fr": "french", "es": "spanish", "ru": "russian", "ar": "arabic"}
_WORD = re.compile(r"\w+")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_CASE_ENDING = re.compile(r"(?<=\w{4})[аеиоуыэюяьй]{1,3}$")
# Letters that people write in more than one way.
_ARABIC_VARIANTS = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ي", "ئ": "ي", "ؤ": "و", "ة": "ه", "ـ": None}
)
_LATIN_VARIANTS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ı": "i", "ё": "е"})


@cache
def _stemmer(language: str) -> Any:
    return snowballstemmer.stemmer(_STEMMERS[language])


def fold(text: str) -> str:
    """Lower case without accents, vowel signs and letter variants; Arabic and other digits as Latin ones."""
    text = unicodedata.normalize("NFKC", text).casefold().translate(_LATIN_VARIANTS).translate(_ARABIC_VARIANTS)
    bare = (c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn" or c == "\u0306")
    whole = unicodedata.normalize("NFC", "".join(bare))
    return "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in whole)


def tokens(text: str, language: str = "en") -> set[str]:
    """The words under which a text of this language is found."""
    found: set[str] = set()
    for word in _WORD.findall(fold(text)[:20_000]):
        found.update(_of_word(word, language))
        if len(found) >= MOST_WORDS:
            break
    return found


def asked(text: str) -> list[frozenset[str]]:
    """What someone types into a search box: for each word, the tokens any of which would answer it.

    Nobody says in which language they search, so a Latin word is tried in each of the three.
    """
    groups: list[frozenset[str]] = []
    for word in _WORD.findall(fold(text)[:200])[:8]:
        groups.extend(frozenset({pair}) for piece in _HAN.findall(word) for pair in _pairs(piece))
        if rest := _HAN.sub("", word):
            spoken = _languages_of(rest, "")
            groups.append(frozenset(token for language in spoken for token in _of_word(rest, language)))
    return groups[:12]


def _of_word(word: str, language: str) -> Iterator[str]:
    for piece in _HAN.findall(word):
        yield from _pairs(piece)
        yield from piece if len(piece) == 1 else ()
    rest = _HAN.sub("", word)
    if rest:
        for spoken in _languages_of(rest, language):
            yield _stemmed(rest, spoken)[:LONGEST]
        if _CYRILLIC.search(rest):
            yield _CASE_ENDING.sub("", rest)[:LONGEST]  # Snowball takes some plurals for verbs
        if rest[0] == "و" and len(rest) > 4:  # noqa: PLR2004
            yield _arabic(rest[1:])[:LONGEST]  # "and" is written in one with the next word; or it is a letter of it


def _languages_of(word: str, language: str) -> tuple[str, ...]:
    """The script decides where it can; a Latin word is stemmed in its text's language, or in all when unknown."""
    if _ARABIC.search(word):
        return ("ar",)
    if _CYRILLIC.search(word):
        return ("ru",)
    return (language,) if language in {"en", "fr", "es"} else ("en", "fr", "es") if not language else ("",)


def _stemmed(word: str, language: str) -> str:
    if language == "ar":
        return _arabic(word)
    return fold(_stemmer(language).stemWord(word)) if language in _STEMMERS and not word.isdecimal() else word


def _arabic(word: str) -> str:
    """Light: the article and what is joined before it, then the commonest endings; never below three letters."""
    for prefix in ("وال", "بال", "كال", "فال", "لل", "ال"):
        if word.startswith(prefix) and len(word) - len(prefix) >= 3:  # noqa: PLR2004
            word = word[len(prefix) :]
            break
    for suffix in ("ات", "ون", "ين", "ها", "يه", "ان", "ه", "ي"):
        if word.endswith(suffix) and len(word) - len(suffix) >= 3:  # noqa: PLR2004
            return word[: -len(suffix)]
    return word


def _pairs(piece: str) -> Iterator[str]:
    """Chinese writes no spaces: every two neighbours are a word; a single character is one too."""
    if len(piece) == 1:
        yield piece
    for index in range(len(piece) - 1):
        yield piece[index : index + 2]
