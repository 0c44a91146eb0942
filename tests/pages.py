"""What every page must be: valid, labelled, announced in its language, with the tokens of its forms."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element

import html5lib

_OUR_SCRIPT = re.compile(r'<script type="module" src="/assets/[a-z]+\.[0-9a-f]{12}\.js"></script>')
"""The one file that a page may name; nothing is ever written between the tags."""
_DRAWN_ANEW = re.compile(r'\b[A-Z]{2}-\d{4}-[0-9A-Z]{6}\b|(?<=value=")[\w.-]{30,}(?=")|\d\d:\d\d')
_CONTROLS = ("input", "select", "textarea")
_checked: set[int] = set()


def check_once(html: str) -> None:
    """Check a page unless this run has seen it before: the same but for references, tokens and the time of day."""
    drawn: dict[str, str] = {}
    same = hash(_DRAWN_ANEW.sub(lambda found: drawn.setdefault(found.group(), f"[{len(drawn)}]"), html))
    if same not in _checked:
        check_page(html)
        _checked.add(same)


def check_page(html: str) -> None:
    """Fail on a page that is not valid, not labelled, not announced in its language, or without its tokens."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    page = parser.parse(html)
    assert not parser.errors, f"invalid HTML: {parser.errors[:3]}"
    assert page.get("lang"), "the page does not say its language"
    assert page.get("dir"), "the page does not say its direction"
    headings = list(page.iter("h1"))
    assert len(headings) == 1, f"a page has exactly one h1, not {len(headings)}"
    title = next(page.iter("title"), None)
    assert title is not None, "the page has no title"
    assert words(headings[0]) in words(title), (
        f"the title {words(title)!r} does not carry the h1 {words(headings[0])!r}"
    )
    ids = [name for tag in page.iter() if (name := tag.get("id")) is not None]
    assert len(ids) == len(set(ids)), f"two elements share an id: {sorted(i for i in ids if ids.count(i) > 1)}"
    _check_controls(page, set(ids))
    for link in page.iter("a"):
        assert words(link) or link.get("aria-label"), f"a link with no words: {link.attrib}"
    html = _OUR_SCRIPT.sub("", html, count=1)
    for banned in ("style=", "<script", " onclick=", "javascript:"):
        assert banned not in html, f"{banned} is not allowed by our own policy"


def words(tag: Element) -> str:
    return " ".join("".join(tag.itertext()).split())


def _check_controls(page: Element, ids: set[str]) -> None:
    labels = list(page.iter("label"))
    labelled = {label.get("for") for label in labels} - {None}
    inside = {control for label in labels for control in label.iter()}
    for control in _controls(page):
        named = control in inside or control.get("id") in labelled
        assert named or control.get("aria-label") or control.get("aria-labelledby"), f"no label for {control.attrib}"
        for described in (control.get("aria-describedby") or "").split():
            assert described in ids, f"described by {described}, which is not there"
    for form in page.iter("form"):
        if form.get("method") == "post":
            names = {field.get("name") for field in form.iter("input")}
            assert "csrf_token" in names, f"a form without its token: {form.get('action')}"


def _controls(page: Element) -> Iterator[Element]:
    """What people fill in: neither hidden fields nor buttons."""
    for tag in page.iter():
        if tag.tag in _CONTROLS and tag.get("type") not in {"hidden", "submit"}:
            yield tag
