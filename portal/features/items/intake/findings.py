"""Keeps what was found in a file, packed: a file may have a problem in every cell."""

import json
import zlib
from collections.abc import Iterable, Iterator

from sqlalchemy import func, select

from portal.features.exchanges.programme.findings import Finding
from portal.features.items.intake.models import ItemFile, ItemFileFindings
from portal.infra.db import db
from portal.kernel.errors import Problem


def packed(found: Iterable[Finding]) -> bytes:
    rows = [
        [one.file, one.row, one.column, one.value, one.warning, one.problem.code, dict(one.problem.params)]
        for one in found
    ]
    return zlib.compress(json.dumps(rows, default=str).encode(), 6)


def unpacked(content: bytes) -> Iterator[Finding]:
    for file, row, column, value, warning, code, params in json.loads(zlib.decompress(content)):
        problem = Problem(code, column, params)
        yield Finding(problem=problem, file=file, row=row, column=column, value=value, warning=warning)


def keep(file: ItemFile, parts: Iterable[bytes]) -> None:
    """The parts in the order of their rows, instead of those of an earlier look."""
    forget(file)
    for number, part in enumerate(parts):
        db.session.add(ItemFileFindings(file_id=file.id, number=number, packed=part))
    db.session.flush()


def forget(file: ItemFile) -> None:
    for one in db.session.scalars(select(ItemFileFindings).where(ItemFileFindings.file_id == file.id)):
        db.session.delete(one)
    db.session.flush()


def findings_of(file: ItemFile) -> Iterator[Finding]:
    """One stretch after the other, so that memory does not grow with their number."""
    last = db.session.scalar(select(func.max(ItemFileFindings.number)).where(ItemFileFindings.file_id == file.id))
    for number in range(-1 if last is None else 0, (-1 if last is None else last) + 1):
        part = select(ItemFileFindings.packed).where(
            ItemFileFindings.file_id == file.id, ItemFileFindings.number == number
        )
        if content := db.session.scalar(part):
            yield from unpacked(content)
