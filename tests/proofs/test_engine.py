"""The engine's benchmark in its small size: the same answers as scipy and the peer, within its memory."""

import subprocess
import sys

import pytest

from portal.standalone import ROOT

pytestmark = pytest.mark.proof


def test_a_round_of_two_thousand_posts_on_each_side_is_as_good_as_the_yardsticks_find() -> None:
    command = [sys.executable, "-m", "benchmarks.engine", "--small"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print(done.stdout)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2,000 needs, 2,000 offers" in done.stdout
