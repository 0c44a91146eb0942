"""Everything a change must pass, each part timed: linters, types, contracts, templates, catalogues, documents, tests.

The tests come last, so that their summary closes the run; the table of seconds stands right above it
(tests/report.py prints it).
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent

# name, command. A part whose own file is not there yet is left out, and named.
PARTS: tuple[tuple[str, list[str]], ...] = (
    ("ruff check", ["ruff", "check", "--quiet", "."]),
    ("ruff format", ["ruff", "format", "--check", "--quiet", "."]),
    ("mypy", ["mypy"]),
    ("import-linter", ["lint-imports", "--no-logo"]),
    ("djlint", ["djlint", "portal", "--lint", "--quiet"]),
    ("catalogues", ["python", "tools/catalogues.py", "check"]),
    ("documents", ["python", "tools/generate_docs.py", "--check"]),
    ("deptry", ["deptry", ".", "--no-ansi"]),
    ("bandit", ["bandit", "-q", "-ll", "-r", "portal", "config.py", "wsgi.py", "-c", "pyproject.toml"]),
)


def main(only: list[str]) -> int:
    os.chdir(ROOT)
    subprocess.run([sys.executable, "tools/catalogues.py", "compile"], check=True)
    times: list[tuple[str, float, bool]] = []
    for name, command in PARTS:
        if not only or name in only:
            times.append(run(name, command))
    failed = [name for name, _, passed in times if not passed]
    if only and "tests" not in only:
        print(table(times))
        return 1 if failed else 0
    environment = os.environ | {"CHECK_TIMES": json.dumps(times)}
    workers = os.environ.get("WORKERS", "2")
    command = [sys.executable, "-m", "pytest", "-p", "tests.report", "-q", "-n", workers, "--dist", "worksteal"]
    print("\n=== tests", flush=True)
    tests = subprocess.run([*command, "--durations=15"], env=environment, check=False).returncode
    return tests or (1 if failed else 0)


def run(name: str, command: list[str]) -> tuple[str, float, bool]:
    """Run one part, its output shown when it fails."""
    start = time.monotonic()
    if command[0] == "python" and not Path(command[1]).exists():
        print(f"=== {name}: left out, {command[1]} is not there", flush=True)
        return name, 0.0, True
    done = subprocess.run(
        [str(TOOLS / command[0]), *command[1:]],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    seconds = time.monotonic() - start
    passed = done.returncode == 0
    print(f"=== {name}: {'passed' if passed else 'FAILED'} in {seconds:.1f} s", flush=True)
    if not passed:
        print(done.stdout, flush=True)
    return name, seconds, passed


def table(times: list[tuple[str, float, bool]]) -> str:
    rows = [f"{name:16} {seconds:7.1f} s  {'' if passed else 'FAILED'}".rstrip() for name, seconds, passed in times]
    return "\n".join([*rows, f"{'together':16} {sum(seconds for _, seconds, _ in times):7.1f} s"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
