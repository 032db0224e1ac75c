"""The benchmark of deliveries runs, and all that is to be delivered arrives. How fast it is is not asserted.

FLEETREMOTE_TEST_LONG=1 runs the usual ways beside ours.
"""

import subprocess
import sys

import pytest

from launcher.environment import ROOT
from tests.long_form import LONG

USUAL = ["django-webhook", "one task a delivery", "the same, tuned"]


@pytest.mark.timeout(310)
@pytest.mark.parametrize("usual", [USUAL if LONG else []], ids=["long" if LONG else "small"])
def test_delivery_benchmark_delivers_all_of_it_each_way(usual: list[str]) -> None:
    argv = [sys.executable, "-m", "benchmarks.delivery", "--quick", "--count", "100"]
    done = subprocess.run(argv if usual else [*argv, "--alone"], cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    printed = done.stdout
    for contender in ("FleetRemote", *usual, "aiohttp alone"):
        assert printed.count(f"\n| {contender}") == 2, printed
    assert "\n| 1,000 " in printed
    assert "one that answers in 3 s" in printed
    assert "10 in one request" in printed
    assert "3 in another " in printed
