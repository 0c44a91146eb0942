"""Judges a file by the standard's own schema, code lists and rules, which PORTAL_THIRD_PARTY names."""

import json
import os
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

FOLDER = Path(os.environ.get("PORTAL_THIRD_PARTY", ""))
THERE = bool(os.environ.get("PORTAL_THIRD_PARTY"))
needs_the_standard = pytest.mark.skipif(not THERE, reason="PORTAL_THIRD_PARTY names no folder")
NAMES = {"xml": "http://www.w3.org/XML/1998/namespace"}


def problems(content: bytes, *, today: date) -> Iterator[str]:
    """`schema`, the name of each code list that lacks a value, and the id of each rule of severity "error"."""
    root = etree.fromstring(content)
    if not etree.XMLSchema(etree.parse(FOLDER / "xsd" / "iati-activities-schema.xsd")).validate(root):
        yield "schema"
    yield from _codes(root)
    rules = json.loads((FOLDER / "ruleset-standard.json").read_text(encoding="utf-8"))
    for place, kinds in rules.items():
        for element in root.xpath(place):
            for kind, body in kinds.items():
                for case in body["cases"]:
                    yield from _broken(kind, case, element, today.isoformat())


def _codes(root: Any) -> Iterator[str]:
    for mapping in etree.parse(FOLDER / "mapping.xml").iter("mapping"):
        where, reference = mapping.findtext("path") or "", mapping.find("codelist")
        codelist = reference.get("ref", "") if reference is not None else ""
        if condition := mapping.findtext("condition"):
            path, _, attribute = where.rpartition("/")
            where = f"{path}[{condition}]/{attribute}"
        for value in root.xpath(where, namespaces=NAMES):
            if str(getattr(value, "text", value)) not in codes_of(codelist):
                yield codelist


@cache
def codes_of(codelist: str) -> frozenset[str]:
    """Those that are in force."""
    items = etree.parse(FOLDER / "codelists" / f"{codelist}.xml").iter("codelist-item")
    return frozenset(str(item.findtext("code")) for item in items if item.get("status") != "withdrawn")


def _broken(kind: str, case: dict[str, Any], element: Any, now: str) -> Iterator[str]:
    if kind == "loop":
        for value in {str(one) for one in element.xpath(case["foreach"])}:
            text = json.dumps(case["do"]).replace("$1", value)
            for inner, body in json.loads(text).items():
                for one in body["cases"]:
                    yield from _broken(inner, one, element, now)
    elif case["ruleInfo"]["severity"] == "error" and _asked(case, element) and not RULES[kind](case, element, now):
        yield case["ruleInfo"]["id"]


def _asked(case: dict[str, Any], element: Any) -> bool:
    return "condition" not in case or bool(element.xpath(case["condition"]))


def _found(case: dict[str, Any], element: Any) -> list[str]:
    return [value for path in case["paths"] for value in _values(element, path)]


def _values(element: Any, path: str) -> list[str]:
    return [str(getattr(one, "text", None) or one) for one in element.xpath(path, namespaces=NAMES)]


def _one_or_all(case: dict[str, Any], element: Any, _now: str) -> bool:
    if element.xpath(case["one"], namespaces=NAMES):
        return True
    lacking = {
        "lang": ".//narrative[not(@xml:lang)]",
        "currency": ".//value[not(@currency)]",
        "sector": "transaction[not(sector)]",
    }
    return not element.xpath(lacking[case["all"]], namespaces=NAMES)


def _date_order(case: dict[str, Any], element: Any, now: str) -> bool:
    less, more = ([now] if case[side] == "NOW" else _values(element, case[side]) for side in ("less", "more"))
    return all(one <= other for one in less for other in more)


RULES: dict[str, Any] = {
    "atleast_one": lambda case, element, _: bool(_found(case, element)),
    "unique": lambda case, element, _: len(set(_found(case, element))) == len(_found(case, element)),
    "no_more_than_one": lambda case, element, _: len(_found(case, element)) <= 1,
    "strict_sum": lambda case, element, _: sum(map(float, _found(case, element))) == case["sum"],
    "range": lambda case, element, _: all(case["min"] <= float(one) <= case["max"] for one in _found(case, element)),
    "if_then": lambda case, element, _: not element.xpath(case["if"]) or bool(element.xpath(case["then"])),
    "one_or_all": _one_or_all,
    "date_order": _date_order,
    "date_now": lambda case, element, now: all(one[:10] <= now for one in _values(element, case["date"])),
}
"""A kind of rule that is not here raises when a file has what it asks about."""
