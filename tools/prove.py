"""The full sizes: the proofs of tests/proofs and every benchmark, one after the other, with the figures they print."""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main(only: list[str]) -> int:
    os.chdir(ROOT)
    environment = os.environ | {"PROOF": "full", "PYTHONPATH": str(ROOT)}
    programs = {"proofs": [sys.executable, "-m", "pytest", "-q", "-rs", "-s", "-m", "proof", "tests"]}
    for path in sorted(Path("benchmarks").glob("[a-z]*.py")):
        if "__main__" in path.read_text(encoding="utf-8"):  # the others are what these share
            programs[path.stem] = [sys.executable, str(path)]
    results = []
    for name, command in programs.items():
        if only and name not in only:
            continue
        print(f"\n=== {name}", flush=True)
        start = time.monotonic()
        code = subprocess.run(command, env=environment, check=False).returncode
        results.append((name, time.monotonic() - start, code))
    print("\n=== together")
    for name, seconds, code in results:
        print(f"{name:32} {seconds:8.1f} s  {'passed' if code == 0 else f'FAILED ({code})'}")
    return 1 if any(code for _, _, code in results) else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
