"""The catalogues of words: extract them from the portal, bring the five translations up to it, compile, check.

python tools/catalogues.py update | compile | check
"""

import re
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "translations"
TEMPLATE = FOLDER / "messages.pot"
TRANSLATIONS = ("ar", "es", "fr", "ru", "zh")  # English is the source, written in the code itself
KEYWORDS = DEFAULT_KEYWORDS | {
    "later": None,
    "later_in_context": ((1, "c"), 2),
    "_in": ((1, "c"), 2),  # `later_in_context`, as modules of labels call it
    "later_counted": (1, 2),
    "_now": None,  # `gettext`, where a module calls `later` by the short name
    "lazy_gettext": None,
    "lazy_ngettext": (1, 2),
    "lazy_pgettext": ((1, "c"), 2),
}
HEADER = """\
# The words of the Cooperation Portal.
#"""
WITHOUT_DATE = datetime(2026, 11, 24, tzinfo=UTC)  # a date of extraction would change with every run and say nothing
PLACEHOLDER = re.compile(r"%\((\w+)\)[a-z]")
MARKUP = re.compile(r"</?[a-z][^>]*>")

Key = tuple[str, str]


def main(words: list[str]) -> int:
    match words:
        case ["update"]:
            update()
        case ["compile"]:
            compile_all()
        case ["check"]:
            problems = list(check())
            print("\n".join(problems) or "The catalogues are complete.")
            return 1 if problems else 0
        case _:
            print(__doc__)
            return 2
    return 0


def extract() -> Catalog:
    """Every word of the portal that people read, found in code and templates as babel.cfg says."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as settings:
        methods, options = parse_mapping_cfg(settings)
    catalog = Catalog(
        project="Cooperation Portal",
        version="1",
        header_comment=HEADER,
        creation_date=WITHOUT_DATE,
        fuzzy=False,
        charset="utf-8",
    )
    sign(catalog)
    for filename, _line, text, comments, context in extract_from_dir(
        str(ROOT), methods, options, keywords=KEYWORDS, comment_tags=("Translators:",), strip_comment_tags=True
    ):
        catalog.add(text, None, [(Path(filename).as_posix(), 0)], auto_comments=comments, context=context)
    return catalog


def sign(catalog: Catalog) -> None:
    """Say who keeps the catalogue, where Babel would leave a form to fill in."""
    catalog.msgid_bugs_address = "see SECURITY.md and CONTRIBUTING.md"
    catalog.last_translator = "Cooperation Portal"
    catalog.language_team = "Cooperation Portal"


def update() -> None:
    """Write messages.pot and bring each translation up to it: new words come empty, gone words go."""
    template = extract()
    FOLDER.mkdir(exist_ok=True)
    write(template, TEMPLATE)
    for language in TRANSLATIONS:
        path = catalogue(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalog = read(path, language) if path.exists() else new(language)
        catalog.update(template, no_fuzzy_matching=True, update_header_comment=True)
        catalog.creation_date = catalog.revision_date = WITHOUT_DATE
        catalog.fuzzy = False
        sign(catalog)
        write(catalog, path)
        empty = sum(1 for message in words_of(catalog) if not complete(message))
        print(f"{language}: {len(catalog)} texts, {empty} without translation")


def compile_all() -> None:
    """Write each catalogue's .mo beside it, where the .po is newer; whole or not at all."""
    for language in TRANSLATIONS:
        source = catalogue(language)
        target = source.with_suffix(".mo")
        if not source.exists() or (target.exists() and target.stat().st_mtime >= source.stat().st_mtime):
            continue
        with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as written:
            write_mo(written, read(source, language))
        Path(written.name).chmod(0o644)
        Path(written.name).replace(target)


def check() -> Iterator[str]:
    """Problems in plain words: a stale template, missing or surplus texts, fuzzy, empty, a placeholder that differs."""
    wanted = {key(message) for message in words_of(extract())}
    held = {key(message) for message in words_of(read(TEMPLATE))} if TEMPLATE.exists() else set()
    if wanted != held:
        yield from (f"messages.pot lacks {text!r}: run make catalogues" for _, text in sorted(wanted - held))
        yield from (f"messages.pot still has {text!r}: run make catalogues" for _, text in sorted(held - wanted))
    for language in TRANSLATIONS:
        path = catalogue(language)
        if not path.exists():
            yield f"{language}: there is no catalogue"
            continue
        yield from (f"{language}: {problem}" for problem in check_translation(read(path, language), wanted))


def check_translation(catalog: Catalog, wanted: set[Key]) -> Iterator[str]:
    held = {key(message) for message in words_of(catalog)}
    yield from (f"{text!r} is not in the catalogue" for _, text in sorted(wanted - held))
    yield from (f"{text!r} is no longer used" for _, text in sorted(held - wanted))
    for message in words_of(catalog):
        if message.fuzzy:
            yield f"{first(message)!r} is fuzzy"
        elif not complete(message, catalog.num_plurals):
            yield f"{first(message)!r} is not translated, or not in all {catalog.num_plurals} plural forms"
        else:
            yield from check_message(message)


def check_message(message: Message) -> Iterator[str]:
    """A translation keeps every placeholder and the markup; a plural form may say its number in words."""
    sources = message.id if isinstance(message.id, tuple | list) else (message.id,)
    plural = len(sources) > 1
    names = set().union(*(PLACEHOLDER.findall(source) for source in sources))
    for text in message.string if isinstance(message.string, tuple | list) else (message.string,):
        found = set(PLACEHOLDER.findall(text))
        missing = names - found - ({"num", "count", "n"} if plural else set())
        if found - names or missing:
            yield f"{first(message)!r}: placeholders {sorted(found)} instead of {sorted(names)} in {text!r}"
        elif "%" in PLACEHOLDER.sub("", text).replace("%%", "") and names:
            yield f"{first(message)!r}: a lone percent sign in {text!r}"
        if sorted(MARKUP.findall(text)) != sorted(MARKUP.findall(sources[-1])):
            yield f"{first(message)!r}: the markup differs in {text!r}"
        if (text[:1].isspace(), text[-1:].isspace()) != (sources[-1][:1].isspace(), sources[-1][-1:].isspace()):
            yield f"{first(message)!r}: a space at the start or end differs in {text!r}"


def catalogue(language: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / "messages.po"


def new(language: str) -> Catalog:
    return Catalog(
        locale=language,
        project="Cooperation Portal",
        version="1",
        header_comment=HEADER,
        creation_date=WITHOUT_DATE,
        revision_date=WITHOUT_DATE,
        fuzzy=False,
    )


def read(path: Path, language: str | None = None) -> Catalog:
    with path.open("rb") as file:
        return read_po(file, locale=language, ignore_obsolete=True, abort_invalid=True)


def write(catalog: Catalog, path: Path) -> None:
    for message in catalog:  # files without lines: a moved line is no change of the words
        message.locations = sorted({(name, 0) for name, _ in message.locations})
    written = BytesIO()
    write_po(written, catalog, width=110, sort_by_file=True, include_lineno=False, ignore_obsolete=True)
    path.write_bytes(written.getvalue())


def words_of(catalog: Catalog) -> list[Message]:
    return [message for message in catalog if message.id]


def first(message: Message) -> str:
    return message.id[0] if isinstance(message.id, tuple | list) else message.id


def key(message: Message) -> Key:
    """What makes a text one of its own: its context, its words, and whether it counts."""
    texts = message.id if isinstance(message.id, tuple | list) else (message.id,)
    return message.context or "", " | ".join(texts)


def complete(message: Message, plurals: int = 1) -> bool:
    if isinstance(message.id, tuple | list):
        strings = message.string if isinstance(message.string, tuple | list) else ()
        return len(strings) >= plurals and all(strings)
    return bool(message.string)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
