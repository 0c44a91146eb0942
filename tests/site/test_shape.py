"""The limits that keep files small enough to read in one sitting, and each thing in its place."""

import ast
from pathlib import Path

import pytest

FILES = sorted(Path("portal").rglob("*.py"))
SLICE = {
    "__init__", "domain", "policy", "models", "queries", "services", "labels", "forms", "views", "api", "exports",
    "programme", "intake",
}  # fmt: skip
LONGEST_FILE, LONGEST_FUNCTION = 400, 45


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_file_fits_in_one_reading(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert source.count("\n") <= LONGEST_FILE
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef):
            assert (node.end_lineno or 0) - node.lineno < LONGEST_FUNCTION, f"{path}:{node.lineno} {node.name}"


@pytest.mark.parametrize("path", FILES, ids=str)
def test_a_module_opens_with_one_sentence(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_a_feature_has_only_the_files_everyone_knows() -> None:
    for path in Path("portal/features").glob("*/*"):
        if path.name != "templates" and "__pycache__" not in path.parts:
            assert path.stem in SLICE, path


def test_only_history_changes_a_state() -> None:
    for path in FILES:
        if path == Path("portal/infra/history.py"):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for target in node.targets if isinstance(node, ast.Assign) else []:
                assert not (isinstance(target, ast.Attribute) and target.attr == "state"), f"{path}:{node.lineno}"


def test_only_the_settings_read_the_environment() -> None:
    for path in FILES:
        if path == Path("portal/standalone.py"):
            continue  # it sets the environment of the children it starts
        assert "os.environ" not in path.read_text(encoding="utf-8"), path


BANNED = ("utils", "helpers", "common", "misc", "manager", "handler")


def test_no_file_has_a_name_that_says_nothing() -> None:
    for path in FILES:
        assert not any(part in BANNED for part in path.with_suffix("").parts), path


def test_files_are_handed_out_in_one_place() -> None:
    """Whoever writes its own answer forgets that the request must stay open while a file is written."""
    own = [path for path in Path("portal").rglob("*.py") if "Content-Disposition" in path.read_text(encoding="utf-8")]
    assert own == [Path("portal/web/downloads.py")]
