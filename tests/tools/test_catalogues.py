"""The check of the catalogues names every way in which a translation can be wrong."""

import ast
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

from tools.catalogues import KEYWORDS, Key, check_translation

HEAD = """\
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=3; "
"plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);\\n"
"""


def catalogue(text: str) -> Catalog:
    return read_po(BytesIO(f"{HEAD}\n{text}\n".encode()), locale="ru")


def problems(text: str, *wanted: Key) -> Iterator[str]:
    return check_translation(catalogue(text), set(wanted))


def test_a_right_translation_has_no_problem() -> None:
    text = 'msgid "Sent to <b>%(name)s</b>."\nmsgstr "Отправлено: <b>%(name)s</b>."'
    assert list(problems(text, ("", "Sent to <b>%(name)s</b>."))) == []


def test_a_plural_may_say_its_number_in_words_and_must_have_every_form() -> None:
    head = 'msgid "%(num)s offer of %(who)s"\nmsgid_plural "%(num)s offers of %(who)s"\n'
    key = ("", "%(num)s offer of %(who)s | %(num)s offers of %(who)s")
    two = head + 'msgstr[0] "одно предложение %(who)s"\nmsgstr[1] "%(num)s предложения %(who)s"\n'
    assert list(problems(two + 'msgstr[2] "%(num)s предложений %(who)s"', key)) == []
    assert "3 plural forms" in next(problems(two + 'msgstr[2] ""', key))
    assert "placeholders" in next(problems(two + 'msgstr[2] "%(num)s предложений"', key))


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ('msgid "Save"\nmsgstr ""', "not translated"),
        ('#, fuzzy\nmsgid "Save"\nmsgstr "Сохранить"', "fuzzy"),
        ('msgid "Save"\nmsgstr "Сохранить "', "space"),
        ('msgid "Save <b>it</b>"\nmsgstr "Сохранить <i>это</i>"', "markup"),
        ('msgid "Save %(what)s"\nmsgstr "Сохранить %(that)s"', "placeholders"),
        ('msgid "Save %(what)s"\nmsgstr "Сохранить"', "placeholders"),
        ('msgid "Save %(what)s"\nmsgstr "Сохранить %(what)s на 5 %"', "percent"),
    ],
)
def test_a_wrong_translation_is_named(text: str, word: str) -> None:
    held = catalogue(text)
    keys = {("", message.id) for message in held if message.id}
    found = list(check_translation(held, keys))
    assert len(found) == 1
    assert word in found[0]


def test_a_text_that_lacks_and_one_that_nobody_uses_are_named() -> None:
    found = list(problems('msgid "Save"\nmsgstr "Сохранить"', ("", "Send"), ("verb", "Save")))
    assert found == ["'Send' is not in the catalogue", "'Save' is not in the catalogue", "'Save' is no longer used"]


def test_every_name_by_which_a_module_calls_the_translator_is_known_to_the_extraction() -> None:
    translators = {"gettext", "ngettext", "pgettext", "npgettext", "later", "later_in_context", "later_counted"}
    called = {
        alias.asname or alias.name: path.as_posix()
        for path in Path("portal").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "portal.web.i18n"
        for alias in node.names
        if alias.name in translators
    }
    assert len(called) > 3
    assert {name: path for name, path in called.items() if name not in KEYWORDS} == {}
