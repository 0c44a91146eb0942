"""Looks up the words and the looks of the domain: `{{ offer.state | label }}`, `{{ tag(offer.state) }}`."""

from collections.abc import Mapping
from enum import Enum
from typing import Any

from flask import Flask, current_app
from jinja2 import pass_context

Labels = Mapping[type[Enum] | type[str], Mapping[Any, str]]
"""By kind: one mapping for each enum, and under `str` the words of plain codes such as "offer.publish"."""
Tags = Mapping[type[Enum], Mapping[Any, tuple[str, str]]]
"""For each state its tone and the icon whose shape says the same without colour."""


def register_labels(app: Flask, labels: list[Labels], tags: list[Tags]) -> None:
    app.extensions["labels"] = _merged(labels)
    app.extensions["tags"] = _merged(tags)
    app.jinja_env.filters["label"] = _label_of


def _merged(groups: list[Any]) -> dict[Any, dict[Any, Any]]:
    result: dict[Any, dict[Any, Any]] = {}
    for group in groups:
        for kind, entries in group.items():
            known = result.setdefault(kind, {})
            if twice := known.keys() & entries.keys():
                raise ValueError(f"labelled twice: {sorted(map(str, twice))}")
            known.update(entries)
    return result


def label(key: Enum | str) -> str:
    """The word for an enum member or a plain code, in the reader's language."""
    kind = type(key) if isinstance(key, Enum) else str
    return str(current_app.extensions["labels"][kind][key])


@pass_context
def _label_of(_context: Any, key: Enum | str) -> str:
    """The filter. It asks for the context only so that Jinja never works it out while it compiles a template:
    the words of a constant would stay in the language of whoever opened the page first.
    """
    return label(key)


def has_label(key: str) -> bool:
    return key in current_app.extensions["labels"][str]


def look(state: Enum) -> tuple[str, str]:
    """Tone and icon of a state."""
    tone, icon = current_app.extensions["tags"][type(state)][state]
    return tone, icon
