"""References are checked, and read as people type and say them."""

from hypothesis import given
from hypothesis import strategies as st

from portal.kernel.reference import ALPHABET, Kind, new_reference, parse_reference


@given(st.sampled_from(Kind), st.integers(2024, 2099))
def test_a_new_reference_reads_back(kind: Kind, year: int) -> None:
    reference = new_reference(kind, year)
    assert parse_reference(reference) == reference
    assert parse_reference(f" {reference.lower()} ") == reference


@given(st.sampled_from(Kind), st.integers(2024, 2099), st.integers(8, 12), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_noticed(kind: Kind, year: int, place: int, other: str) -> None:
    reference = new_reference(kind, year)
    wrong = reference[:place] + other + reference[place + 1 :]
    assert wrong == reference or parse_reference(wrong) is None


def test_letters_that_look_like_digits_are_read_as_digits() -> None:
    for _ in range(200):
        reference = new_reference(Kind.OFFER, 2026)
        assert parse_reference(reference.replace("0", "O").replace("1", "l")) == reference


def test_what_is_no_reference_is_none() -> None:
    for text in ("", "EX", "XX-2026-7K3QMC", "EX-2026-7K3QM", "EX-2026-7K3QMC1", "EX-2026-7K3Q!C", "1 OR 1=1"):
        assert parse_reference(text) is None
