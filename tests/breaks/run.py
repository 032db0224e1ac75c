"""Puts a break into a copy of the checkout and runs its tests there."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.breaks.kept import Break
from tests.drawn import ALL, VARIABLE

ROOT = Path(__file__).parents[2]

# What no test of a break needs; some of it is large, or belongs to a FleetRemote that runs.
_LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".fleetremote", ".hypothesis", ".*_cache")

# Seconds that the tests of one break may take.
_PATIENCE = 300


@dataclass(frozen=True)
class Verdict:
    """What came of a break; `red` when a test has failed by it, and nothing else went wrong."""

    red: bool
    seconds: float
    said: str


@contextmanager
def copied() -> Iterator[Path]:
    """A copy of the checkout as it is, until the end of the block."""
    with tempfile.TemporaryDirectory(prefix="fleetremote-breaks-") as folder:
        copy = Path(folder) / "checkout"
        shutil.copytree(ROOT, copy, ignore=_LEFT_OUT, symlinks=True)
        yield copy


def broken(kept: Break) -> str:
    """The file's text with the break in it. Raises ValueError where what it replaces does not stand there once."""
    text = (ROOT / kept.file).read_text()
    found = text.count(kept.old)
    if found != 1:
        raise ValueError(f"{kept.name}: what it replaces stands {found} times in {kept.file}")
    return text.replace(kept.old, kept.new)


def tried(copy: Path, kept: Break) -> Verdict:
    """Run the break's tests in the copy with the break in it; then the copy is whole again."""
    file = copy / kept.file
    whole = file.read_text()
    file.write_text(broken(kept))
    try:
        return _tested(copy, kept.tests)
    finally:
        file.write_text(whole)


def _tested(copy: Path, targets: tuple[str, ...]) -> Verdict:
    options = ["-n", "0", "-x", "-q", "-p", "no:cacheprovider", "--timeout=60"]
    started = time.monotonic()
    try:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", *options, *targets],
            cwd=copy,
            env=_environment(),
            capture_output=True,
            text=True,
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return Verdict(False, time.monotonic() - started, f"no end after {_PATIENCE} s")
    said = (run.stdout.strip() or run.stderr.strip()).rpartition("\n")[2]
    # An error while collecting or in a fixture is none of the test's findings.
    is_red = run.returncode == 1 and bool(re.search(r"\b\d+ failed\b", said)) and " error" not in said
    return Verdict(is_red, time.monotonic() - started, said)


def _environment() -> dict[str, str]:
    """Ours without what belongs to a test run around it, and all of the tests that are named."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST_", "FLEETREMOTE_TEST_"))}
    return {**ours, VARIABLE: ALL}
