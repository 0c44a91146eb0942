"""Words in the reader's language. The language is the first part of a page's address."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, cast

from flask import Flask, Request, g, has_request_context, request, url_for
from flask_babel import Babel, get_translations
from flask_babel import force_locale as _force_locale
from flask_babel.speaklater import LazyString
from werkzeug.routing import BaseConverter

from portal.kernel.languages import LANGUAGES, NATIVE_NAMES, RIGHT_TO_LEFT, SOURCE_LANGUAGE

COOKIE = "language"
_LOCALES = {"zh": "zh_Hans_CN"}


class LanguageConverter(BaseConverter):
    """`<language:lang>` in a route: one of the six."""

    regex = "|".join(LANGUAGES)
    part_isolating = True


def later(text: str) -> str:
    """A text translated when it is shown. Typed as `str`, which is how everyone uses it."""
    return cast("str", LazyString(gettext, text))


def later_in_context(context: str, text: str) -> str:
    """As `later`, for a word that means two things: the context tells the translator which."""
    return cast("str", LazyString(pgettext, context, text))


def later_counted(one: str, many: str) -> Any:
    """As `later`, for a sentence with `%(num)s` in it: `str(words % ...)` is not enough, call with the number."""
    return lambda num, **params: ngettext(one, many, num, **params)


def translations() -> Any:
    """The catalogue of this request, looked up once: 150 look-ups a page would cost more than the page's SQL."""
    try:
        found = g.get("translations")
    except RuntimeError:  # outside of everything: the source language
        return get_translations()
    if found is None:
        found = get_translations()
        if has_request_context():
            g.translations = found
    return found


def gettext(text: str, **params: Any) -> str:
    words = translations().ugettext(text)
    return words % params if params else words


def ngettext(one: str, many: str, num: int, **params: Any) -> str:
    return translations().ungettext(one, many, num) % ({"num": num} | params)


def pgettext(context: str, text: str, **params: Any) -> str:
    words = translations().upgettext(context, text)
    return words % params if params else words


@contextmanager
def in_language(language: str) -> Iterator[None]:
    """Everything inside speaks `language`: mails are in the receiver's, never the sender's."""
    before = g.pop("translations", None)
    was = g.get("lang")
    g.lang = language
    with _force_locale(_LOCALES.get(language, language)):
        try:
            yield
        finally:
            g.pop("translations", None)
            g.lang = was
            if before is not None:
                g.translations = before


def current_language() -> str:
    return g.get("lang") or SOURCE_LANGUAGE


def best_language(from_request: Request) -> str:
    """For an address without a language: the stored choice, then what the browser asks for, never the place."""
    stored = from_request.cookies.get(COOKIE, "")
    return stored if stored in LANGUAGES else from_request.accept_languages.best_match(LANGUAGES) or SOURCE_LANGUAGE


def register_languages(app: Flask) -> None:
    """Install catalogues, the language of addresses, and the words that templates use. Before any route is added."""
    app.url_map.converters["language"] = LanguageConverter
    Babel(app, locale_selector=_locale, default_translation_directories="../translations")
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: translations().ugettext(text),
        lambda one, many, num: translations().ungettext(one, many, num),
        newstyle=True,
        pgettext=lambda context, text: translations().upgettext(context, text),
        npgettext=lambda context, one, many, num: translations().unpgettext(context, one, many, num),
    )
    app.context_processor(_words_of_page)

    @app.url_value_preprocessor
    def take_language(_endpoint: str | None, values: dict[str, Any] | None) -> None:
        g.lang = values.pop("lang") if values and "lang" in values else _language_of_address()

    @app.url_defaults
    def give_language(endpoint: str, values: dict[str, Any]) -> None:
        if "lang" not in values and app.url_map.is_endpoint_expecting(endpoint, "lang"):
            values["lang"] = current_language()


def _language_of_address() -> str:
    """Also of an address that leads nowhere: its "not found" page speaks the language it names."""
    first = request.path.split("/", 2)[1]
    return first if first in LANGUAGES else best_language(request)


def _locale() -> str:
    language = current_language()
    return _LOCALES.get(language, language)


def _words_of_page() -> dict[str, Any]:
    language = current_language()
    return {"lang": language, "rtl": language in RIGHT_TO_LEFT}


def language_links() -> list[tuple[str, str, str]]:
    """(code, native name, address of this same page with its query) for each of the six."""
    if not has_request_context():
        return []
    if not request.endpoint or "lang" not in (request.url_rule.arguments if request.url_rule else ()):
        home = "pages.home"
        return [(code, NATIVE_NAMES[code], url_for(home, lang=code)) for code in LANGUAGES]
    same: dict[str, Any] = dict(request.view_args or {})
    if request.method == "GET":
        same |= request.args.to_dict(flat=False)
    source = url_for(request.endpoint, **(same | {"lang": SOURCE_LANGUAGE}))
    # The language is the first part of every such address: only it differs, also in where the page leads on to.
    root = f"{request.script_root}/"
    rest = source.removeprefix(root + SOURCE_LANGUAGE)
    onwards = f"next={root}{current_language()}/"
    return [
        (code, NATIVE_NAMES[code], f"{root}{code}{rest.replace(onwards, f'next={root}{code}/')}") for code in LANGUAGES
    ]
