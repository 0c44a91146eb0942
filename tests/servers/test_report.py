"""No test is skipped silently: a skip that the list does not name fails the run."""

import os
import subprocess
import sys
from pathlib import Path

from tests.report import allowed_skips, unlisted

ROOT = Path(__file__).resolve().parents[2]


def test_the_list_names_tests_and_says_why() -> None:
    assert allowed_skips("# a heading\n\ntests/a.py::one # no such machine\ntests/b.py::*\n") == [
        "tests/a.py::one",
        "tests/b.py::*",
    ]


def test_only_named_tests_may_be_skipped() -> None:
    allowed = ["tests/a.py::one", "tests/b.py::*"]
    skipped = ["tests/a.py::one", "tests/a.py::one_more", "tests/b.py::any", "tests/c.py"]
    assert unlisted(skipped, allowed) == ["tests/a.py::one_more", "tests/c.py"]


def test_a_silent_skip_fails_the_run_in_continuous_integration(tmp_path: Path) -> None:
    (tmp_path / "test_sample.py").write_text(
        "import pytest\n\n"
        "def test_passes():\n    pass\n\n"
        "@pytest.mark.skip(reason='tired')\ndef test_skips():\n    pass\n"
    )
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "CHECK"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "tests.report", "--rootdir", str(tmp_path), str(tmp_path)]
    command += ["-c", os.devnull, "-p", "no:cacheprovider"]
    results = {}
    for setting in ("", "true"):
        results[setting] = subprocess.run(
            command, cwd=ROOT, env=environment | {"CI": setting}, capture_output=True, text=True, check=False
        )
    assert results[""].returncode == 0, results[""].stdout
    assert results["true"].returncode == 1, results["true"].stdout
    assert "test_skips is skipped" in results["true"].stdout
