"""Compares a checked programme with what stands: what is new, changed field by field, unchanged, or absent."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from sqlalchemy import select

from portal.features.agencies.domain import AgencyStatus
from portal.features.agencies.models import Agency
from portal.features.exchanges.domain.disclosure import NAMED_ONLY
from portal.features.exchanges.domain.terms import MATERIAL
from portal.features.exchanges.domain.vocabulary import PostKind
from portal.features.exchanges.programme import standing
from portal.features.exchanges.programme.cells import columns_of, same
from portal.features.exchanges.programme.findings import Findings, Place
from portal.features.exchanges.programme.lines import AgencyLine, Lines, PostLine
from portal.features.exchanges.programme.sheets import Reading, Table
from portal.features.exchanges.programme.standing import Standing
from portal.features.exchanges.programme.tables import TABLE_OF, TableName
from portal.infra.db import db
from portal.kernel.reference import parse_reference

HIDDEN = "…"
HELD_STILL = MATERIAL | {"covers_costs", "requires_costs"}
"""Columns that stand still while something larger, such as a round, holds the post."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a post: what stands, and what the file says. What not everyone may read is not repeated."""

    column: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Change:
    line: PostLine
    standing: Standing
    differences: tuple[Difference, ...]
    negotiated: bool = False
    """It has a live proposal, whose two sides then have a new version of the terms to look at."""


@dataclass
class Plan:
    """What applying the programme would do."""

    new_agencies: list[AgencyLine] = field(default_factory=list)
    known_agencies: int = 0
    new: list[PostLine] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged: int = 0
    absent: list[Standing] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not (self.new_agencies or self.new or self.changed)

    @property
    def without_rows(self) -> bool:
        """Nothing stands in the files besides their columns."""
        return self.empty and not (self.known_agencies or self.unchanged)

    @property
    def fingerprint(self) -> str:
        """Changes when anything that applying would do changes: what is confirmed is what was shown."""
        content = {
            "agencies": [agency.key for agency in self.new_agencies],
            "new": [(line.kind, line.key, dict(line.cells)) for line in self.new],
            "changed": [
                (c.standing.id, c.standing.version, [(d.column, d.after) for d in c.differences]) for c in self.changed
            ],
            "absent": [one.id for one in self.absent],
        }
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class _KnownAgency:
    state: str | None
    names: Mapping[str, str]
    kind: str
    suspended: bool


def known_agency_keys() -> list[str]:
    return list(db.session.scalars(select(Agency.key)))


def compare(lines: Lines, reading: Reading) -> Plan:
    """What would happen. What cannot happen (an ended post, a smaller capacity) is added to the findings."""
    comparison = _Comparison(lines, reading.findings, _known_agencies(), Plan())
    if TableName.AGENCIES in reading.tables:
        comparison.agencies(reading.tables[TableName.AGENCIES])
    for kind, name in TABLE_OF.items():
        if table := reading.tables.get(name):
            comparison.posts(kind, table)
    return comparison.plan


def _known_agencies() -> dict[str, _KnownAgency]:
    columns = (Agency.key, Agency.state_iso2, Agency.names, Agency.kind, Agency.status)
    return {
        key: _KnownAgency(state, names, kind.value, status == AgencyStatus.SUSPENDED)
        for key, state, names, kind, status in db.session.execute(select(*columns))
    }


@dataclass(frozen=True, slots=True)
class _Comparison:
    """What all steps of one comparison share."""

    lines: Lines
    findings: Findings
    known: Mapping[str, _KnownAgency]
    plan: Plan

    def agencies(self, table: Table) -> None:
        """New ones are added; known ones are never overwritten, and what differs is told."""
        for line in self.lines.agencies:
            stands = self.known.get(line.key)
            if stands is None:
                self.plan.new_agencies.append(line)
                continue
            self.plan.known_agencies += 1
            differing = {
                "state": stands.state != line.state,
                "name": stands.names.get(line.name_language) != line.name,
                "kind": stands.kind != line.kind,
            }
            for column in (name for name, differs in differing.items() if differs):
                self.findings.warn("agency_kept", Place(table.file, line.row, column, line.key))

    def posts(self, kind: PostKind, table: Table) -> None:
        lines = [line for line in self.lines.posts if line.kind == kind]
        known = standing.imported(kind)
        refs = [line.key for line in lines if line.key not in known and parse_reference(line.key)]
        by_reference = standing.published_by_reference(kind, refs)
        changes: list[Change] = []
        for line in lines:
            place = Place(table.file, line.row, "key", line.key)
            stands = known.get(line.key) or by_reference.get(line.key)
            if stands is None:
                self._add(line, place)
                continue
            differences = tuple(_differences(line, stands))
            if line.agency_key != stands.agency_key:
                self.findings.error("other_agency", place.cell("agency", line.agency_key))
            elif not differences:
                self.plan.unchanged += 1
            elif obstacle := _obstacle(line, stands):
                self.findings.error(obstacle, place, claimed=stands.claimed)
            elif held := [one for one in differences if stands.held_for and one.column in HELD_STILL]:
                for one in held:
                    cell = place.cell(one.column, line.cells[one.column])
                    self.findings.error("post_held", cell, holder=stands.held_for)
            else:
                changes.append(Change(line, stands, differences))
        busy = standing.under_negotiation([change.standing.id for change in changes])
        self.plan.changed += [replace(change, negotiated=change.standing.id in busy) for change in changes]
        self._withheld(kind, table)
        present = {cells.get("key") or cells.get("ref", "") for _, cells in table.rows}
        self.plan.absent += [one for one in known.values() if one.live and not {one.key, one.ref} & present]

    def _add(self, line: PostLine, place: Place) -> None:
        agency = self.known.get(line.agency_key)
        if parse_reference(line.key):
            self.findings.error("unknown_reference", place)
        elif agency is not None and agency.suspended:
            self.findings.error("agency_suspended", place.cell("agency", line.agency_key))
        else:
            self.plan.new.append(line)

    def _withheld(self, kind: PostKind, table: Table) -> None:
        """Rows that show a reference only change nothing, if there is such a post."""
        rows = [line for line in self.lines.withheld if line.kind == kind]
        known = standing.withheld_references(kind, [line.key for line in rows])
        for line in rows:
            if line.key in known:
                self.plan.unchanged += 1
            else:
                self.findings.error("unknown_reference", Place(table.file, line.row, "ref", line.key))


def _obstacle(line: PostLine, stands: Standing) -> str | None:
    """Why this post cannot be changed by a file, if it cannot."""
    if stands.imported_key is None:
        return "written_here"
    if stands.agency_suspended:
        return "agency_suspended"
    if not stands.live:
        return "post_ended"
    capacity = int(line.cells["places" if line.kind == PostKind.OFFER else "officers"])
    return "below_claimed" if capacity < stands.claimed else None


def _differences(line: PostLine, stands: Standing) -> Iterator[Difference]:
    """Exact sites are for those who agreed: a post written here is not asked about its own."""
    hidden = stands.label in NAMED_ONLY
    for column in columns_of(line.kind):
        if column not in line.cells or (column == "site" and stands.imported_key is None):
            continue
        before, after = stands.cells[column], line.cells[column]
        if not same(column, before, after):
            yield Difference(column, HIDDEN if hidden or column == "site" else before, after)
