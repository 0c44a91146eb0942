"""Reads a workbook in a process of its own, with a limit on its memory: what kills the reader kills nothing else.

A few hundred kilobytes can name cells in the last corner of a sheet, or one long text in every cell, in more ways than
can be recognised beforehand. So the reader runs as a program (this file, without the portal around it) that the system
stops at the limit. It writes one JSON document: the sheets, each with its name and its rows of texts.
"""

import io
import json
import os
import resource
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Any

MEMORY = 1024 * 1024 * 1024
SECONDS = 60
LARGEST_ANSWER = 128 * 1024 * 1024
DAMAGED = 3
"""The exit code of a reader that could make nothing of the file."""


class TooLarge(Exception):
    """The reader reached a limit."""


class Damaged(Exception):
    """The reader could make nothing of the file."""


def sheets_of(content: bytes, *, most_rows: int) -> list[tuple[str, list[list[str]]]]:
    """The worksheets by name, each with its first rows as texts. Raises `TooLarge` or `Damaged`."""
    command = [sys.executable, "-I", str(Path(__file__).resolve()), str(most_rows)]
    try:
        done = subprocess.run(  # noqa: S603 - our own file; what was uploaded is its input only
            command, input=content, capture_output=True, timeout=SECONDS, check=False, env={"PATH": os.defpath}
        )
    except subprocess.TimeoutExpired:
        raise TooLarge from None
    if done.returncode == DAMAGED:
        raise Damaged
    if done.returncode != 0 or len(done.stdout) > LARGEST_ANSWER:
        raise TooLarge
    return [(name, rows) for name, rows in json.loads(done.stdout)]


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _read(content: bytes, most_rows: int) -> list[tuple[str, list[list[str]]]]:
    from python_calamine import CalamineWorkbook

    workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
    names = [sheet.name for sheet in workbook.sheets_metadata if "WorkSheet" in str(sheet.typ)]
    grids = ((name, workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in names)
    return [(name, [[_as_text(cell) for cell in row] for row in grid[:most_rows]]) for name, grid in grids]


def _as_text(cell: Any) -> str:
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, datetime) and not (cell.hour or cell.minute or cell.second):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    return str(cell)


def main() -> int:
    _limit()
    try:
        found = json.dumps(_read(sys.stdin.buffer.read(), int(sys.argv[1])))
    except BaseException as error:  # noqa: BLE001 - the reader is not Python: its panics are not of class Exception
        return 1 if isinstance(error, MemoryError) else DAMAGED
    if len(found) > LARGEST_ANSWER:
        return 1
    sys.stdout.write(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
