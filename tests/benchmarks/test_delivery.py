"""The benchmark of deliveries runs, and all that is to be delivered arrives. How fast it is is not asserted.

It takes minutes, so FLEETREMOTE_TEST_LONG=1 runs it, with the usual ways beside ours.
"""

import subprocess
import sys

import pytest

from launcher.environment import ROOT
from tests.long_form import LONG

USUAL = ("django-webhook", "one task a delivery", "the same, tuned")


@pytest.mark.skipif(not LONG, reason="takes minutes: script/test --long")
@pytest.mark.timeout(610)
def test_delivery_benchmark_delivers_all_of_it_each_way() -> None:
    argv = [sys.executable, "-m", "benchmarks.delivery", "--quick", "--count", "100"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    printed = done.stdout
    for contender in ("FleetRemote", *USUAL, "aiohttp alone"):
        assert printed.count(f"\n| {contender}") == 2, printed
    assert "\n| 1,000 " in printed
    assert "one that answers in 3 s" in printed
    assert "10 in one request" in printed
    assert "3 in another " in printed
