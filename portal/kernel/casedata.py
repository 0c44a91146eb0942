"""Notices text that looks like a police file: passport numbers, lists of telephone numbers, a name beside "suspect".

It only warns: words are ambiguous and the writer knows better. Nothing of the text is kept here.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum


class Sign(StrEnum):
    """What a text looks like."""

    DOCUMENT_NUMBER = "document_number"
    PHONE_LIST = "phone_list"
    NAMED_SUSPECT = "named_suspect"


FEWEST_PHONES = 3
NEAR = 60
"""How many characters a name may stand from the word that makes it a case."""
# One or two letters and six to eight digits, as passports and identity cards of most States are numbered.
_DOCUMENT = re.compile(r"(?<![\w-])[A-Z]{1,2}[ -]?\d{6,8}(?![\w-])")
_PERSONAL_NUMBER = re.compile(r"(?<![\w./-])\d{9}(?![\w./,-])")
# Letters and digits mixed, as in "C01X00T47": only beside a word for a document, and with more digits than a standard has.
_MIXED_NUMBER = re.compile(r"(?<![\w/-])(?=(?:[A-Z]*\d){6})(?=\d*[A-Z])[A-Z\d]{8,9}(?![\w/-])")
_DOCUMENT_WORD = re.compile(
    r"passport|passeport|pasaporte|паспорт|护照|جواز|identity card|carte d.identit|documento de identidad"
    r"|удостоверени|身份证|بطاقه هويه|بطاقة هوية",
    re.IGNORECASE,
)
_PHONE = re.compile(r"(?<![\w.,])(?:\+|00)?\d[\d .()/-]{6,16}\d(?![\w])")
_FEWEST_DIGITS = 8
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./]\d{4}")
# Whole words in the languages of the portal, in their commonest forms; Chinese and Arabic are written together.
_SUSPECT = re.compile(
    r"\b(?:suspects?|suspected|accused|defendants?|arrested|detainees?|smugglers? named|wanted for"
    r"|suspecte?s?|soupçonnée?s?|accusée?s?|prévenue?s?|arrêtée?s?|mise?s? en cause"
    r"|sospechos[oa]s?|acusad[oa]s?|detenid[oa]s?|imputad[oa]s?"
    r"|подозреваем\w{2,4}|обвиняем\w{2,4}|задержанн\w{2,3})\b|嫌疑人|嫌犯|被告人?|被捕|被拘留"
    r"|(?:ال)?مشتبه (?:به|بهم|بها|فيه|فيهم)|(?:ال)?متهم(?:ين|ون|ة)?|(?:ال)?موقوف(?:ين|ون)?",
    re.IGNORECASE,
)
_CAPITAL = "[A-ZÀ-ÖØ-ÞŒŠŽА-ЯЁ]"
_ARTICLES = "(?!(?:The|La|Le|Les|El|Los|Las)\\b)"
_NAME = re.compile(rf"\b{_ARTICLES}{_CAPITAL}[^\W\d_]+(?:[-’' ]{_CAPITAL}[^\W\d_]+)+")
_CHINESE_NAME = re.compile(
    r"(?:嫌疑人|嫌犯|被告人?)[，、:： ]?[王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾][\u4e00-\u9fff]{1,2}"
)
_ARABIC_NAME = re.compile(
    r"(?:به|بها|فيه|متهم|متهمة|موقوف)\s+(?:ال)?(?:محمد|أحمد|احمد|علي|حسن|حسين|عمر|يوسف|إبراهيم|ابراهيم|خالد|عبد\s?\w+|فاطمة|عائشة|مريم)\s+\w+"
)


def signs(text: str) -> tuple[Sign, ...]:
    """What the text looks like, in the order of `Sign`; nothing for most texts."""
    plain = "".join(str(unicodedata.digit(c)) if c.isdecimal() else c for c in unicodedata.normalize("NFC", text))
    found = {
        Sign.DOCUMENT_NUMBER: _has_document_number(plain),
        Sign.PHONE_LIST: _phones(plain) >= FEWEST_PHONES,
        Sign.NAMED_SUSPECT: _names_a_suspect(plain),
    }
    return tuple(sign for sign, there in found.items() if there)


def looks_like_case_data(texts: Iterable[str]) -> bool:
    return any(signs(text) for text in texts)


def _has_document_number(text: str) -> bool:
    if _DOCUMENT.search(text):
        return True
    return bool(_DOCUMENT_WORD.search(text) and (_PERSONAL_NUMBER.search(text) or _MIXED_NUMBER.search(text)))


def _phones(text: str) -> int:
    without_days = _DAY.sub(" ", text)
    digits = ["".join(filter(str.isdigit, found)) for found in _PHONE.findall(without_days)]
    return len({number for number in digits if len(number) >= _FEWEST_DIGITS})


def _names_a_suspect(text: str) -> bool:
    if _CHINESE_NAME.search(text) or _ARABIC_NAME.search(text):
        return True
    return any(
        _NAME.search(text[max(match.start() - NEAR, 0) : match.start()])
        or _NAME.search(text[match.end() : match.end() + NEAR])
        for match in _SUSPECT.finditer(text)
    )
