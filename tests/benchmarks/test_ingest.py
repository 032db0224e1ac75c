"""The benchmarks run, and what was acknowledged is what is stored. How fast they are is not asserted.

FLEETREMOTE_TEST_LONG=1 runs them.
"""

import subprocess
import sys

import pytest

from launcher.environment import ROOT
from tests.long_form import LONG


def run(module: str, *words: str) -> str:
    argv = [sys.executable, "-m", module, "--seconds", "0.3", "--rounds", "1", "--connections", "4", *words]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.skipif(not LONG, reason="runs with --long")
def test_ingest_benchmark_stores_what_it_acknowledges() -> None:
    counts = ["1", "10"]
    printed = run("benchmarks.ingest", "--events", *counts)
    for contender in ("FleetRemote", "plain DRF view", "bare INSERT", "pgbench INSERT"):
        assert printed.count(f"\n| {contender}") == len(counts), printed
    assert "acknowledged in these turns are stored, each once" in printed


@pytest.mark.skipif(not LONG, reason="runs with --long")
def test_web_benchmark_serves_both_pages_three_ways() -> None:
    printed = run("benchmarks.web")
    for way in ("our ASGI front", "WSGI", "plain Django ASGI"):
        assert printed.count(f"\n| {way}") == 2, printed
