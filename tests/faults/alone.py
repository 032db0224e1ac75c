"""Runs a story of faults in a process of its own, which obeys signals and starts all the others."""

import json
import subprocess
import sys

from launcher.environment import ROOT


def run_alone(story: str, plan: object) -> str:
    """What `tests.faults.<story>.run` prints, given the plan as JSON; the test fails when it does."""
    argv = [sys.executable, "-m", f"tests.faults.{story}.run", json.dumps(plan)]
    done = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout
