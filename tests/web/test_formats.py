"""Days are written so that nobody takes the month for the day; sizes in words of the language."""

from datetime import date

import pytest
from flask import Flask

from portal.kernel.languages import LANGUAGES
from portal.web.formats import day_text, size


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_month_of_a_day_is_a_word(app: Flask, language: str) -> None:
    with app.test_request_context(f"/{language}/"):
        app.preprocess_request()
        text = day_text(date(2027, 3, 8))
    assert "2027" in text
    assert "03" not in text
    assert text.count("/") == 0


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ar", "70 بايت"),
        ("zh", "70字节"),
        ("en", "70 bytes"),
        ("fr", "70 octets"),
        ("ru", "70 байт"),
        ("es", "70 bytes"),
    ],
)
def test_the_size_of_a_small_file_is_said_in_words_of_the_language(app: Flask, language: str, words: str) -> None:
    with app.test_request_context(f"/{language}/"):
        app.preprocess_request()
        assert size(70).replace("\xa0", " ") == words
