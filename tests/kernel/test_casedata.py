"""Text that looks like a police file is noticed in six languages, and plain text is left alone."""

import pytest

from portal.kernel.casedata import Sign, looks_like_case_data, signs

NOTICED = [
    ("Passport AB1234567 was seen", Sign.DOCUMENT_NUMBER),
    ("le passeport 123456789", Sign.DOCUMENT_NUMBER),
    ("the passport C01X00T47 is known", Sign.DOCUMENT_NUMBER),
    ("passeport 04AA12345", Sign.DOCUMENT_NUMBER),
    ("护照 123456789", Sign.DOCUMENT_NUMBER),
    ("паспорт ١٢٣٤٥٦٧٨٩", Sign.DOCUMENT_NUMBER),
    ("The suspect Ahmed Ben Salah was stopped", Sign.NAMED_SUSPECT),
    ("Le suspect Jean Dupont", Sign.NAMED_SUSPECT),
    ("El sospechoso Juan Pérez", Sign.NAMED_SUSPECT),
    ("Подозреваемый Иван Петров", Sign.NAMED_SUSPECT),
    ("嫌疑人王小明在机场", Sign.NAMED_SUSPECT),
    ("المشتبه به محمد علي سعيد", Sign.NAMED_SUSPECT),
    ("+227 90 12 34 56, +227 91 22 33 44, +227 92 11 22 33", Sign.PHONE_LIST),
]
PLAIN = [
    "10 posts, 0 readers today, 1,900 checks per day",
    "Arrested persons are treated with respect.",
    "La Police des frontières a arrêté le projet en 2025.",
    "ICAO 9303 readers, needed by 2027-06-30 or 30.06.2027 or 1/7/2027",
    "Budget 18 500 EUR, 185 000 EUR, 693 000 EUR",
    "Duty desk: +227 90 12 34 56",
    "подозреваемый документ проверяют дважды",
    "Passport readers of ISO14443, ICAO9303 and delivery 20270630",
    "Reference TA-2026-7K3QMC, HS 8703 33",
    "",
]


@pytest.mark.parametrize(("text", "sign"), NOTICED)
def test_what_looks_like_a_case_is_noticed(text: str, sign: Sign) -> None:
    assert sign in signs(text)


@pytest.mark.parametrize("text", PLAIN)
def test_plain_text_is_left_alone(text: str) -> None:
    assert signs(text) == ()


def test_one_text_of_many_is_enough() -> None:
    assert looks_like_case_data(["plain", NOTICED[0][0]])
    assert not looks_like_case_data(PLAIN)
