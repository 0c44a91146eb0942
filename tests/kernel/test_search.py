"""Words are found in all six scripts, however they are written."""

import pytest

from portal.kernel.search import asked, fold, tokens


def answers(text: str, language: str, question: str) -> bool:
    found = tokens(text, language)
    return all(group & found for group in asked(question))


@pytest.mark.parametrize(
    ("language", "text", "question"),
    [
        ("en", "Detecting fraudulent documents", "document detection"),
        ("fr", "Détection des documents frauduleux à l’aéroport", "aeroport detection"),
        ("fr", "Contrôles documentaires", "controle"),
        ("es", "Investigación del tráfico de migrantes", "investigaciones migrante"),
        ("ru", "Выявление поддельных документов", "поддельные документы"),
        ("ar", "كشف الوثائق المزورة", "وثائق"),
        ("ar", "وثائق السفر أو الهوية", "الوثائق"),
        ("ar", "الإدارة العامة", "ادارة"),
        ("zh", "识别和查验欺诈性旅行或身份证件", "身份证件"),
        ("fr", "Œuvre à Čačak", "oeuvre cacak"),
        ("en", "Room ١٢", "12"),
    ],
)
def test_a_question_finds_its_text(language: str, text: str, question: str):
    assert answers(text, language, question)


@pytest.mark.parametrize(
    ("language", "text", "question"),
    [
        ("en", "Detecting documents", "drone"),
        ("zh", "旅行证件", "人权"),
        ("ar", "وثائق السفر", "قطار"),
        ("ru", "документы", "поезд"),
    ],
)
def test_a_question_does_not_find_another_text(language: str, text: str, question: str):
    assert not answers(text, language, question)


def test_folding_loses_accents_and_case_and_keeps_letters():
    assert fold("ÉCOLE Ёлка") == "ecole елка"


def test_a_search_of_signs_alone_asks_nothing():
    assert asked("%%% --- !!!") == []


def test_a_very_long_search_stays_small():
    assert len(asked("wort " * 1_000)) <= 12
    assert len(tokens("x" * 100_000)) == 1
