"""Days are written so that nobody takes the month for the day."""

from datetime import date

import pytest
from flask import Flask

from portal.kernel.languages import LANGUAGES
from portal.web.formats import day_text


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_month_of_a_day_is_a_word(app: Flask, language: str) -> None:
    with app.test_request_context(f"/{language}/"):
        app.preprocess_request()
        text = day_text(date(2027, 3, 8))
    assert "2027" in text
    assert "03" not in text
    assert text.count("/") == 0
