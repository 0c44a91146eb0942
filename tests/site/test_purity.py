"""The kernel, the engine and every domain load without the web framework or the database."""

import subprocess
import sys
from pathlib import Path

FOLDERS = ("portal/kernel", "portal/ledger", "portal/matching")
PURE = [
    str(path.with_suffix("")).replace("/", ".")
    for path in [
        *(p for folder in FOLDERS for p in Path(folder).glob("[a-z]*.py")),
        *Path("portal/features").glob("*/domain.py"),
        *Path("portal/features").glob("*/domain/[a-z]*.py"),
        *Path("portal/features").glob("*/policy.py"),
    ]
]


def test_they_load_alone() -> None:
    code = (
        "import importlib, sys\n"
        f"for name in {PURE!r}:\n"
        "    importlib.import_module(name)\n"
        "found = {'flask', 'sqlalchemy', 'wtforms', 'jinja2', 'werkzeug'} & sys.modules.keys()\n"
        "sys.exit(f'{name} loads {found}' if found else 0)\n"
    )
    result = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert result.returncode == 0, result.stderr
