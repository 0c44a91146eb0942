"""What stands around every page: navigation, who is signed in, labels and tags, and the functions templates draw with."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from flask import Flask, current_app, g, request, url_for
from jinja2 import StrictUndefined
from markupsafe import Markup, escape

from portal.kernel.labels import Tlp
from portal.kernel.policy import Permission
from portal.web import pictures
from portal.web.access import allows, optional_actor
from portal.web.i18n import current_language, language_links
from portal.web.i18n import later as _
from portal.web.labels import label, look

WHO_SEES = {
    Tlp.CLEAR: _("everyone may see this"),
    Tlp.GREEN: _("all verified agencies may see this"),
    Tlp.AMBER: _("only the parties to this record and the secretariat may see this"),
    Tlp.AMBER_STRICT: _("only the owner and agencies released by name may see this"),
    Tlp.RED: _("only people released by name may see this"),
}


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of the navigation, drawn only when its page exists and this person may open it."""

    key: str
    endpoint: str
    icon: str
    words: str
    permission: Permission | None = None
    badge: Callable[[], int] | None = None
    signed_in_only: bool = True
    demo_only: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    key: str
    url: str
    icon: str
    text: str
    badge: int = 0


@dataclass(frozen=True, slots=True)
class Me:
    name: str
    agency_name: str
    role: str


def tag(state: Enum) -> Markup:
    """A state as shape, word and tone."""
    tone, picture = look(state)
    return Markup(f'<span class="tag {tone}">{pictures.icon(picture)}{escape(label(state))}</span>')  # noqa: S704


def tlp(of: Tlp) -> Markup:
    """The official label, never translated and always left to right, with who may see the record in words."""
    look_as = "amber" if of == Tlp.AMBER_STRICT else of.value
    words = escape(str(WHO_SEES[of]))
    return Markup(f'<span class="tlp {look_as}">{of.shown}</span><span class="vh"> ({words})</span>')  # noqa: S704


def register_shell(app: Flask, navigation: tuple[Entry, ...], footer: tuple[Entry, ...]) -> None:
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals |= {
        name: getattr(pictures, name)
        for name in ("icon", "sprite", "hatch", "ring", "months", "seats", "meter", "hbar", "swatch")
    } | {"tag": tag, "tlp": tlp, "DEMO": app.config["DEMO"]}

    @app.context_processor
    def shell() -> dict[str, Any]:
        """Once for a page, also where parts of it are templates of their own."""
        drawn_for = (request._get_current_object(), current_language())  # type: ignore[attr-defined]  # noqa: SLF001
        known = g.get("shell")
        if known is None or known[0] != drawn_for:
            known = g.shell = (drawn_for, _shell(navigation, footer))
        found: dict[str, Any] = known[1]
        return found


def _shell(navigation: tuple[Entry, ...], footer: tuple[Entry, ...]) -> dict[str, Any]:
    links = {e.key: _link(e) for e in dict.fromkeys((*navigation, *footer)) if _is_open(e)}
    return {
        "navigation": [links[e.key] for e in navigation if e.key in links],
        "footer_links": [links[e.key] for e in footer if e.key in links],
        "me": _me(),
        "home_url": _url("pages.home"),
        "account_url": _url("people.account"),
        "sign_in_url": _url("people.sign_in"),
        "choose_url": _url("people.choose") if g.get("seats") and optional_actor() is None else "",
        "sign_out_url": _url("people.sign_out"),
        "active_endpoint": request.endpoint or "",
        "language_links": language_links(),
    }


def _url(endpoint: str) -> str:
    return _address(current_app._get_current_object(), endpoint, current_language(), request.script_root)  # type: ignore[attr-defined]  # noqa: SLF001


@lru_cache(maxsize=1_000)
def _address(app: Flask, endpoint: str, language: str, _root: str) -> str:
    """The address of a page that needs no values but the language."""
    if endpoint not in app.view_functions:
        return ""
    expects = app.url_map.is_endpoint_expecting(endpoint, "lang")
    return url_for(endpoint, lang=language) if expects else url_for(endpoint)


def _is_open(entry: Entry) -> bool:
    """Whether this page exists and this person may open it."""
    return (
        entry.endpoint in current_app.view_functions
        and (optional_actor() is not None or not entry.signed_in_only)
        and (entry.permission is None or allows(entry.permission))
        and (not entry.demo_only or current_app.config["DEMO"])
    )


def _link(entry: Entry) -> Link:
    badge = entry.badge() if entry.badge and not g.get("without_badges") else 0
    return Link(entry.key, _url(entry.endpoint), entry.icon, str(entry.words), badge)


def _me() -> Me | None:
    if optional_actor() is None:
        return None
    name = g.membership.agency.name(current_language())
    return Me(g.person.name, name, label(g.membership.role))
