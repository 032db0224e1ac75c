"""What is said when all answers."""

from collections.abc import Mapping
from pathlib import Path

from launcher.environment import Wishes
from launcher.files import read_json
from launcher.progress import say

SIMULATOR_FILES = tuple(f"simulator.sqlite3{end}" for end in ("", "-wal", "-shm", ".lock"))


def greeting_file(home: Path) -> Path:
    """Where the step before leaves what is to be said; the first admin's link is in it, so it does not stay."""
    return home / "run" / "greeting"


def announce(wishes: Wishes, *, demo: bool) -> None:
    """Say where FleetRemote is, how to log in, and what the step before has found."""
    say(f"FleetRemote is ready at {wishes.local_url}/")
    web: Mapping[str, str] = read_json(wishes.home / "demo.json").get("web", {})
    if demo and web:
        say(f"Log in as {web['user']} with password {web['password']}")
    greeting = greeting_file(wishes.home)
    if greeting.exists():
        text = greeting.read_text(encoding="utf-8").rstrip()
        greeting.unlink()
        for line in text.splitlines():
            say(line)


def forget_simulator(home: Path) -> None:
    """Delete the simulator's state where no demo is loaded that it belongs to."""
    if not (home / "demo.json").exists():
        for name in SIMULATOR_FILES:
            (home / name).unlink(missing_ok=True)
