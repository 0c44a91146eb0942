"""Checks the rows of a programme: every mistake of every row at once, with its place; then the lines that are right."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from itertools import pairwise
from typing import Any

from portal.features.agencies.domain import AgencyKind, ProtocolRole
from portal.features.exchanges.domain.commands import Terms
from portal.features.exchanges.domain.vocabulary import Clearance, Cost, Direction, Format, PostKind
from portal.features.exchanges.programme.cells import label_cell, post_cells, values_of
from portal.features.exchanges.programme.findings import Finding, Findings, Place
from portal.features.exchanges.programme.lines import AgencyLine, Lines, PostLine, WithheldLine
from portal.features.exchanges.programme.rows import KEY, PARTS, AgencyRow, Joined, Period
from portal.features.exchanges.programme.sheets import Reading, Table
from portal.features.exchanges.programme.tables import KINDS, TableName
from portal.kernel.contract import decode
from portal.kernel.errors import Problem, Rejected
from portal.kernel.labels import Tlp
from portal.kernel.languages import Level
from portal.kernel.reference import parse_reference

_COLUMN_OF = {
    "title_language": "title_lang",
    "formats": "format",
    "starts_on": "windows",
    "ends_on": "windows",
}
_REWORDED = {"unknown_language": "language_unknown", "unknown_topic": "topic_unknown"}
_CHOICES: Mapping[str, Iterable[str]] = {
    "format": tuple(Format),
    "clearance": tuple(Clearance),
    "covers_costs": tuple(Cost),
    "requires_costs": tuple(Cost),
    "label": tuple(label_cell(one) for one in Tlp),
    "level": tuple(Level),
    "kind": tuple(AgencyKind),
    "roles": tuple(ProtocolRole),
}
_WARNINGS = frozenset({"state_both_ways"})
"""The file may say so, and its author should look at it; the form refuses it."""


def check(reading: Reading, *, known_agencies: Iterable[str], today: date) -> Lines:
    """The lines that are right. What is wrong or odd is added to the findings of `reading`."""
    findings = reading.findings
    agencies = _agencies(reading.tables.get(TableName.AGENCIES), findings)
    listed = reading.tables.get(TableName.AGENCIES)
    keys = {*known_agencies, *(row["key"] for _, row in (listed.rows if listed else ()) if row.get("key"))}
    posts: list[PostLine] = []
    withheld: list[WithheldLine] = []
    for name, kind in KINDS.items():
        if table := reading.tables.get(name):
            for line in _posts(table, kind, findings, keys, today):
                (posts if isinstance(line, PostLine) else withheld).append(line)  # type: ignore[arg-type]
    return Lines(tuple(agencies), tuple(posts), tuple(withheld))


# -------------------------------------------------------------------------------------------------------- agencies


def _agencies(table: Table | None, findings: Findings) -> Iterator[AgencyLine]:
    if table is None:
        return
    for number, cells in _without_repeated_keys(table, findings):
        given = dict(cells)
        given_lists: dict[str, object] = {"roles": _items(given.get("roles", "")), "languages": _spoken(given)}
        row = _part(AgencyRow, given | given_lists, Place(table.file, number), given, findings)
        if isinstance(row, AgencyRow):
            yield AgencyLine(
                row=number,
                key=row.key,
                state=row.state,
                name=row.name,
                name_language=row.name_lang,
                kind=row.kind.value,
                roles=tuple(r.value for r in row.roles) if "roles" in table.columns else None,
                languages=tuple((s.language, s.level.value) for s in row.languages)
                if "languages" in table.columns
                else None,
                time_zone=row.time_zone if "time_zone" in table.columns else None,
            )


def _without_repeated_keys(table: Table, findings: Findings) -> Iterator[tuple[int, Mapping[str, str]]]:
    first_row: dict[str, int] = {}
    for number, cells in table.rows:
        key = (cells.get("key") or cells.get("ref", "")).casefold()
        if key and key in first_row:
            findings.error("key_twice", Place(table.file, number, "key", cells["key"]), row=first_row[key])
            continue
        first_row[key] = number
        yield number, cells


# ------------------------------------------------------------------------------------------------- offers and needs


def _posts(
    table: Table, kind: PostKind, findings: Findings, agency_keys: set[str], today: date
) -> Iterator[PostLine | WithheldLine]:
    for number, cells in _without_repeated_keys(table, findings):
        if _withheld(cells):
            yield WithheldLine(row=number, kind=kind, key=cells.get("ref") or cells["key"])
            continue
        line = _post(table, number, cells, findings, today)
        agency = cells.get("agency", "")
        if KEY.fullmatch(agency) and agency not in agency_keys:
            findings.error("agency_nowhere", Place(table.file, number, "agency", agency))
        elif line is not None:
            yield line


def _withheld(cells: Mapping[str, str]) -> bool:
    """A row of our own export that shows reference, label and state, and nothing else."""
    ref = cells.get("ref", "")
    return bool(parse_reference(ref)) and not any(
        value for column, value in cells.items() if column not in {"key", "ref", "state", "label"}
    )


def _post(table: Table, number: int, cells: Mapping[str, str], findings: Findings, today: date) -> PostLine | None:
    place, kind = Place(table.file, number), KINDS[table.name]
    payload, clean = _payload(cells, kind, place, findings)
    checked = [_part(part, _only(part, payload), place, cells, findings) for part in PARTS[kind]]
    parts = tuple(part for part in checked if part is not None)
    if not clean or len(parts) < len(checked):
        return None
    terms = Joined(parts)
    _look_at_windows(terms.windows, place, today, findings)
    every = post_cells(kind, values_of(terms, kind))
    said = {column: text for column, text in every.items() if column in table.columns and (text or column != "site")}
    return PostLine(row=number, kind=kind, key=terms.key, agency_key=terms.agency, terms=terms, cells=said)


def _payload(
    cells: Mapping[str, str], kind: PostKind, place: Place, findings: Findings
) -> tuple[dict[str, object], bool]:
    """What the command's parts take, from the cells; False when a cell that the parts never see is wrong."""
    payload: dict[str, object] = dict(cells)
    windows, clean = _windows(cells, place, findings)
    payload |= {
        "title_language": cells.get("title_lang", "").lower(),
        "topics": _items(cells.get("topics", "").lower()),
        "formats": _items(cells.get("format", "").lower()),
        "languages": _spoken(cells),
        "windows": windows,
        "clearance": cells.get("clearance", "").lower(),
        "costs": _items(cells.get("covers_costs" if kind == PostKind.OFFER else "requires_costs", "").lower()),
        "label": cells.get("label", "").lower().removeprefix("tlp:").replace("+", "_"),
        "direction": Direction.HOSTS,
        **{name: _items(cells.get(name, "")) for name in ("accepts_states", "excludes_states", "prefers_states")},
    }
    if kind == PostKind.OFFER:
        payload["interpreter"] = _yes_or_no(cells.get("interpreter", ""))
    return payload, clean


def _yes_or_no(text: str) -> object:
    return {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}.get(text.lower(), text)


def _items(text: str) -> list[str]:
    return [item.strip() for item in text.split(";") if item.strip()]


def _spoken(cells: Mapping[str, str]) -> list[object]:
    """`en:B1;fr:C2` as a list of languages with levels; one without a level lacks it, and is told so."""
    found = []
    for item in _items(cells.get("languages", "")):
        code, _, level = (part.strip() for part in item.partition(":"))
        found.append({"language": code.lower(), "level": level.upper()} if level else {"language": code.lower()})
    return found  # type: ignore[return-value]


def _windows(cells: Mapping[str, str], place: Place, findings: Findings) -> tuple[list[object], bool]:
    """Each window by itself, so that one bad day hides no other; the dates of good ones."""
    good: list[object] = []
    items = _items(cells.get("windows", ""))
    for item in items:
        first, slash, last = (part.strip() for part in item.partition("/"))
        cell = place.cell("windows", item)
        if not slash or not first or not last:
            findings.error("window_without_end", cell)
            continue
        try:
            window = decode(Period, {"starts_on": first, "ends_on": last})  # type: ignore[type-var]
        except Rejected as refusal:
            for code in dict.fromkeys(problem.code for problem in refusal.problems):
                findings.error(code, cell)
            continue
        if window.ends_on < window.starts_on:
            findings.error("ends_before_start", cell)
        else:
            good.append({"starts_on": window.starts_on, "ends_on": window.ends_on})
    return good, len(good) == len(items)


def _only(part: type[Terms], payload: Mapping[str, object]) -> dict[str, object]:
    return {name: payload[name] for name in part.model_fields if name in payload}


def _part(
    part: type[Terms], payload: Mapping[str, object], place: Place, cells: Mapping[str, str], findings: Findings
) -> Terms | None:
    """The checked part of a row; None when it has errors, which are then told."""
    known = {name: value for name, value in payload.items() if name in part.model_fields}
    row, problems = _decoded(part, known)
    findings.extend(
        _finding(problem, place, cells, payload)
        for problem in problems
        if not (
            problem.field == "windows" and problem.code == "required" and cells.get("windows")
        )  # told already, window by window
    )
    return row


def _decoded(part: type[Terms], payload: Mapping[str, object]) -> tuple[Terms | None, tuple[Problem, ...]]:
    """The part with its problems: also with those rules between fields that a file is only warned about."""
    try:
        return decode(part, payload), ()  # type: ignore[type-var]
    except Rejected as refusal:
        if any(problem.code not in _WARNINGS for problem in refusal.problems):
            return None, refusal.problems
        given = {name: value for name, value in payload.items() if value not in ("", [])}
        return part.model_validate(given), refusal.problems


def _finding(problem: Problem, place: Place, cells: Mapping[str, str], payload: Mapping[str, object]) -> Finding:
    """At the column that the file has for this field, with the item of the list that is meant."""
    name, _, rest = (problem.field or "").partition("-")
    column = _column(name, cells)
    value, index = cells.get(column, ""), rest.partition("-")[0]
    given = payload.get(name)
    if index.isdecimal() and isinstance(given, list) and column != "windows":
        value = _items(value)[int(index)] if int(index) < len(_items(value)) else value
    code, params = _worded(problem, column, rest)
    warning = code in _WARNINGS
    return place.cell(column, value).finding(Problem(code, column, params), warning=warning)


def _worded(problem: Problem, column: str, rest: str) -> tuple[str, Mapping[str, object]]:
    """A form offers its lists; for a file, the answers are named."""
    if problem.code == "required" and rest.endswith("level"):
        return "level_missing", {}
    if problem.code == "not_in_list":
        choices = ", ".join(_CHOICES["level" if rest.endswith("level") else column])
        return "not_one_of", {"choices": choices}
    return _REWORDED.get(problem.code, problem.code), problem.params


def _column(name: str, cells: Mapping[str, str]) -> str:
    if name == "costs":
        return "covers_costs" if "covers_costs" in cells else "requires_costs"
    return _COLUMN_OF.get(name, name)


def _look_at_windows(windows: Iterable[Any], place: Place, today: date, findings: Findings) -> None:
    """What is allowed and yet looks like a slip."""
    in_order = sorted(windows, key=lambda w: (w.starts_on, w.ends_on))
    for before, after in pairwise(in_order):
        if after.starts_on <= before.ends_on:
            text = f"{before.starts_on}/{before.ends_on};{after.starts_on}/{after.ends_on}"
            findings.warn("windows_overlap", place.cell("windows", text))
    for window in in_order:
        if window.ends_on < today:
            findings.warn("window_in_past", place.cell("windows", f"{window.starts_on}/{window.ends_on}"))
