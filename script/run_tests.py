"""Runs lint beside pytest, with a browser when one can be had, then some of the tests again on another day."""

import argparse
import os
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile

import moved_clock
from debian import install

ROOT = Path(__file__).resolve().parent.parent
# The first is the engine without the windows, which take most of the others' work.
BROWSERS = (
    "chromium-headless-shell",
    "chrome-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
# Many tests wait most of the time. Later arguments win: `script/test -n 0 --pdb` runs all in one process.
SIDE_BY_SIDE = ("--numprocesses", "3", "--dist", "loadscope", "--no-loadscope-reorder", "--durations", "20")


def main(arguments: list[str]) -> int:
    """Run what is asked for, say how long it took, and return the exit code."""
    started = time.monotonic()
    code = run_all(arguments)
    minutes, seconds = divmod(round(time.monotonic() - started), 60)
    print(f"script/test took {minutes} min {seconds} s", flush=True)
    return code


def run_all(arguments: list[str]) -> int:
    """Return pytest's exit code, or lint's when only lint failed."""
    parser = argparse.ArgumentParser(allow_abbrev=False, add_help=False)
    parser.add_argument("--long", action="store_true")
    parser.add_argument("--at")
    ours, rest = parser.parse_known_args(arguments)
    environment = dict(os.environ)
    if browser := find_browser() or install_browser():
        environment["FLEETREMOTE_CHROMIUM"] = browser
    else:
        print(
            "No Chromium was found, so the tests in a browser are SKIPPED. To run them install "
            "Chromium or Chrome so that it is on PATH, or name it in FLEETREMOTE_CHROMIUM.",
            flush=True,
        )
    if ours.at:
        return run_at(ours.at, rest, environment)
    tests, lint = run_beside_lint(rest, {**environment, "FLEETREMOTE_TEST_LONG": "1"} if ours.long else environment)
    # Whoever names tests or options wants these, once.
    moved = run_on_other_days(ours.long, environment) if not rest else 0
    if lint:
        print("Lint failed: see its lines after those of the tests.", file=sys.stderr, flush=True)
    return tests or moved or lint


def run_beside_lint(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[int, int]:
    """Run pytest and lint; return their exit codes. What lint says is printed in one piece after the tests."""
    # Beside each other, since mypy keeps only one core busy.
    with TemporaryFile() as said:
        linting = subprocess.Popen(
            [sys.executable, "script/run_lint.py"], cwd=ROOT, stdout=said, stderr=subprocess.STDOUT
        )
        tests = run(arguments, environment)
        lint = linting.wait()
        said.seek(0)
        print(said.read().decode(), flush=True)
    return tests, lint


def run(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run pytest and return its exit code."""
    pytest = [sys.executable, "-m", "pytest", *SIDE_BY_SIDE, *arguments]
    return subprocess.run(pytest, cwd=ROOT, env=environment).returncode


def run_on_other_days(long: bool, environment: Mapping[str, str]) -> int:
    """Run a sample at a moment that is drawn.

    In the long form also all tests at the hard moments, those that start programs of their own at one of them.
    """
    seed = random.SystemRandom().randrange(1_000_000)
    drawn = f"{moved_clock.draw(seed):%Y-%m-%dT%H:%M:%SZ}"
    # Short, and little in it waits: a third process would only read all tests once more.
    failed = run_at(drawn, ["--sample", str(seed), "--numprocesses", "2"], environment)
    for moment in moved_clock.NAMED if long else ():
        failed = run_at(moment, [] if moment == moved_clock.WHOLE else ["--here"], environment) or failed
    return failed


def run_at(moment: str, arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run pytest with the clock moved to `moment`; 0 as well when that can't be done here."""
    library = moved_clock.find_library()
    if library is None:
        print(
            f"No libfaketime was found, so the tests at {moment} are SKIPPED. "
            "To run them install it (Debian: apt-get install faketime).",
            flush=True,
        )
        return 0
    now = datetime.now(UTC)
    try:
        moved = moved_clock.environment(moved_clock.read_moment(moment, now), now, library)
    except ValueError as error:
        print(error, file=sys.stderr, flush=True)
        return 2
    print(f"== On another day: script/test --at {' '.join([moment, *arguments])}", flush=True)
    return run(arguments, {**environment, **moved})


def find_browser() -> str | None:
    """Return the path of a Chromium or Chrome; None when there is none."""
    named = os.environ.get("FLEETREMOTE_CHROMIUM")
    if named:
        return named
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def install_browser() -> str | None:
    """Install Debian's Chromium where we may; return its path, None when that didn't work."""
    return find_browser() if install("chromium-headless-shell") or install("chromium") else None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
