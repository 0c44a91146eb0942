"""What stands in a chain has one form, and whatever is done to the chain is found."""

from datetime import UTC, date, datetime

import pytest

from portal.kernel.money import Money
from portal.ledger.canonical import LARGEST, NotCanonical, canonical


def test_content_is_written_in_one_way() -> None:
    content = {"b": [1, None, True], "a": {"z": "é", "y": date(2026, 11, 25)}, "value": Money(18_500_00, "EUR")}
    assert canonical(content) == (
        '{"a":{"y":"2026-11-25","z":"é"},"b":[1,null,true],"value":{"amount":"18500.00","currency":"EUR"}}'
    )
    assert canonical(dict(reversed(content.items()))) == canonical(content)
    assert canonical({"at": datetime(2026, 1, 2, tzinfo=UTC)}) == '{"at":"2026-01-02T00:00:00.000000Z"}'


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), LARGEST + 1, b"x", {1, 2}, "\ud800", "x" * 501, "moussa@ne-bord.example", {"Name": 1}, {1: 1}],
    ids=repr,
)
def test_what_has_no_single_form_or_names_a_person_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        canonical({"fact": value})
