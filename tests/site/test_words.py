"""Every code and every state has words, and no page contains words a translator never saw."""

import ast
import gc
import re
from enum import StrEnum
from pathlib import Path

import pytest
from babel import Locale
from bs4 import BeautifulSoup
from flask import Flask
from markupsafe import Markup

from portal.kernel.equipment import EQUIPMENT, GROUPS
from portal.kernel.languages import NATIVE_NAMES
from portal.kernel.lifecycle import Lifecycle
from portal.kernel.policy import Role
from portal.kernel.states import STATES
from portal.kernel.topics import PROVISIONS, TOPICS
from portal.web.i18n import in_language
from tests.client import PageClient
from tests.proof import on_one_database
from tests.site.addresses import address_of
from tests.world import World

SOURCE = Path("portal")
ALLOWED = re.compile(
    r"^(TLP:[A-Z+]+|[A-Z]{2}-\d{4}-\w{6}|[A-Z]{2,3}(-[A-Z]{4})?|[\d\s.,:/%·–+|()×→⟧⟦-]*|(\w+ )?[ABC][12],?|UTC|"
    r"\w+ \d{1,2} \w+ \d{4}|\d{1,2} \w+ \d{4}.*|CSV|XLSX|14\(\d\)(\(\w\))?|[^⟦]*@[^⟦]*)$"
)
DATA_WORDS = (
    {topic.name("en") for topic in TOPICS.values()}
    | {provision.label("en") for provision in PROVISIONS.values()}
    | {kind.name("en") for kind in (*EQUIPMENT.values(), *GROUPS.values())}
    | {state.name("en") for state in STATES.values()}
    | set(Locale.parse("en").languages.values())
)
"""Words that come in six languages from portal/data and from CLDR, not from the catalogues."""


def every_lifecycle() -> list[Lifecycle[StrEnum]]:
    return sorted((o for o in gc.get_objects() if isinstance(o, Lifecycle)), key=lambda one: one.name)


def test_every_problem_code_has_words(app: Flask) -> None:
    codes = {
        call.args[0].value
        for path in SOURCE.rglob("*.py")
        if "matching" not in path.parts
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and getattr(call.func, "id", "") == "Problem"
        and call.args
        and isinstance(call.args[0], ast.Constant)
    }
    assert codes - app.extensions["messages"].keys() == set()


def test_every_state_and_transition_has_words_and_a_look(app: Flask) -> None:
    labels, tags = app.extensions["labels"], app.extensions["tags"]
    for lifecycle in every_lifecycle():
        for state in lifecycle.states:
            assert state in labels[type(state)], state
            assert state in tags[type(state)], state
        for name, transition in lifecycle.transitions.items():
            assert f"{lifecycle.name}.{name}.done" in labels[str], name
            assert not transition.manual or f"{lifecycle.name}.{name}" in labels[str], name


def test_every_role_has_a_word(app: Flask) -> None:
    assert set(Role) - {Role.SYSTEM} <= app.extensions["labels"][Role].keys()


@on_one_database
@pytest.mark.parametrize("persona", ["host_officer", "sender_approver", "secretariat", "nobody"])
def test_every_word_on_every_page_goes_through_the_translator(
    app: Flask, client: PageClient, world: World, monkeypatch: pytest.MonkeyPatch, persona: str
) -> None:
    monkeypatch.setattr("portal.web.i18n.get_translations", Pseudo)
    monkeypatch.setattr("flask_babel.get_translations", Pseudo, raising=False)
    monkeypatch.setattr("flask_babel.Domain.get_translations", lambda _self: Pseudo())
    if persona != "nobody":
        client.sign_in(world.people[persona])
    found: dict[str, list[str]] = {}
    opened = 0
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.rule.startswith("/<language:lang>"):
            answer = client.get(address_of(rule, world), follow_redirects=True)
            if answer.mimetype == "text/html":
                opened += 1
                if words := untranslated(answer.text):
                    found[rule.rule] = words
            answer.close()
    assert opened > 5
    assert found == {}, found


def untranslated(html: str) -> list[str]:
    """What a reader sees that no translator marked; user text and names stand in `bdi`, `time` or carry `lang`, names
    of columns in `code`.
    """
    page = BeautifulSoup(html, "html.parser")
    for data in page.select(
        "bdi, code, script, style, time, .cc, .ref, .tlp, main [lang], .langs, textarea, svg text, option"
    ):
        data.decompose()
    texts = [str(t).strip(" ·\n") for t in page.find_all(string=True) if t.strip() and str(t) != "html"]
    attributes = [str(t[a]) for a in ("aria-label", "title", "alt", "data-l") for t in page.select(f"[{a}]")]
    return [t for t in [*texts, *attributes] if "⟦" not in t and not ALLOWED.match(t) and t not in KNOWN]


KNOWN = DATA_WORDS | set(NATIVE_NAMES.values())


class Pseudo:
    """Marks each text it translates, so what stays unmarked was never offered to a translator."""

    def ugettext(self, text: str) -> Markup | str:
        return f"⟦{text}⟧"

    gettext = ugettext

    def ungettext(self, one: str, many: str, n: int) -> str:
        return f"⟦{one if n == 1 else many}⟧"

    ngettext = ungettext

    def upgettext(self, _context: str, text: str) -> str:
        return f"⟦{text}⟧"

    pgettext = upgettext

    def unpgettext(self, _context: str, one: str, many: str, n: int) -> str:
        return f"⟦{one if n == 1 else many}⟧"

    npgettext = unpgettext


def test_the_words_of_a_constant_are_never_worked_out_while_a_template_is_compiled(app: Flask) -> None:
    """Jinja works out what is constant once: such a word would stay in the language of its first reader."""
    template = app.jinja_env.from_string("{{ 'offer.submit'|label }}")
    shown = set()
    for language in NATIVE_NAMES:
        with app.test_request_context(f"/{language}/"), in_language(language):
            shown.add(template.render())
    assert len(shown) == len(NATIVE_NAMES)
