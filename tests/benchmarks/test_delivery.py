"""The benchmark of deliveries runs, and all that is to be delivered arrives. How fast it is is not asserted."""

import subprocess
import sys

import pytest

from launcher.environment import ROOT


@pytest.mark.timeout(310)
def test_delivery_benchmark_delivers_all_of_it_each_way() -> None:
    argv = [sys.executable, "-m", "benchmarks.delivery", "--quick", "--count", "200"]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    printed = done.stdout
    for contender in ("FleetRemote", "django-webhook", "one task a delivery", "the same, tuned", "aiohttp alone"):
        assert printed.count(f"\n| {contender}") == 2, printed
    assert "\n| 1,000 " in printed
    assert "one that answers in 10 s" in printed
    assert "10 in one request" in printed
    assert "3 in another " in printed
