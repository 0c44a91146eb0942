"""The checks of every page are checked: a page without a fault passes, and each fault is found."""

import pytest

from tests.pages import check_once, check_page

GOOD = (
    '<!doctype html><html lang="en" dir="ltr"><head><meta charset="utf-8"><title>Offers · Portal</title></head><body>'
    '<h1>Offers</h1><form method="post"><input type="hidden" name="csrf_token" value="x"><p id="why">Why</p>'
    '<label for="a">A</label><input id="a" name="a" aria-describedby="why"><label>B <textarea name="b"></textarea></label>'
    '<select name="c" aria-label="C"><option>1</option></select><button>Send</button></form><a href="/">Home</a>'
    "</body></html>"
)
FAULTS = {
    "invalid HTML": ("<p id=", "<p><p></b><p id="),
    "its language": (' lang="en"', ""),
    "its direction": (' dir="ltr"', ""),
    "exactly one h1": ("<h1>Offers</h1>", "<h1>Offers</h1><h1>Needs</h1>"),
    "no title": ("<title>Offers · Portal</title>", ""),
    "does not carry the h1": ("<title>Offers", "<title>Needs"),
    "share an id": ('id="why"', 'id="a"'),
    "no label for": ('for="a"', 'for="b"'),
    "which is not there": ('describedby="why"', 'describedby="nowhere"'),
    "a form without its token": ("csrf_token", "token"),
    "a link with no words": (">Home<", "> <"),
    "style= is not allowed": ("<button>", '<button style="color: red">'),
    "<script is not allowed": ("</body>", "<script></script></body>"),
}


def test_a_page_without_a_fault_passes() -> None:
    check_page(GOOD)


@pytest.mark.parametrize("said", FAULTS)
def test_each_fault_is_found(said: str) -> None:
    good, wrong = FAULTS[said]
    assert good in GOOD
    for _again in range(2):  # a page that fails is not remembered as one that passed
        with pytest.raises(AssertionError, match=said):
            check_once(GOOD.replace(good, wrong))
