"""The benchmark of pages runs, with little behind them. How fast they are is not asserted.

It runs with FLEETREMOTE_TEST_LONG=1.
"""

import subprocess
import sys

import pytest

from launcher.environment import ROOT
from tests.long_form import LONG


@pytest.mark.skipif(not LONG, reason="runs with --long")
@pytest.mark.timeout(120)
def test_pages_benchmark_prints_a_ratio_for_each_page() -> None:
    argv = [sys.executable, "-m", "benchmarks.pages", "--requests", "3"]
    argv += ["--vehicles", "60", "200", "--events", "200", "2000"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=110)
    assert done.returncode == 0, done.stdout + done.stderr
    pages = ("vehicles ", "vehicles, newest action", "vehicles, none in a filter", "a vehicle with its history")
    for page in (
        *pages,
        "overview of a fleet",
        "actions of a fleet ",
        "actions of a fleet, narrowed",
        "map of a fleet",
        "map, its positions",
    ):
        assert f"\n| {page}" in done.stdout, done.stdout
    assert done.stdout.count("×") == 11
