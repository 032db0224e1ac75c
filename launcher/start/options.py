"""The words after `script/server`, and whether the demo is wanted: said, or as at the last start."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from launcher.errors import LaunchError
from launcher.files import read_json, write_private_json

USAGE = """\
usage: script/server [--demo | --no-demo] [--help]

Sets up and runs FleetRemote until Ctrl-C.

  --no-demo  for real vehicles: without the demo, its simulator and its receiver
  --demo     with 42 simulated vehicles, the stand-in for the manufacturer's cloud and a receiver of callbacks
  --help     print this

Without either it is as at the last start, and at the first one with the demo.
Ports, folders and the like come from the environment: docs/settings.md."""


@dataclass(frozen=True)
class Options:
    """What was asked for; `demo` is None where nothing was said of it."""

    demo: bool | None = None
    help: bool = False


def read_options(words: Sequence[str]) -> Options:
    """Read the words; LaunchError says which one is not known."""
    if "--help" in words or "-h" in words:
        return Options(help=True)
    for word in words:
        if word not in ("--demo", "--no-demo"):
            raise LaunchError(f"script/server doesn't know '{word}'.\n\n{USAGE}")
    if len(set(words)) > 1:
        raise LaunchError(f"--demo and --no-demo can't both be.\n\n{USAGE}")
    return Options(demo=words[0] == "--demo" if words else None)


def with_demo(home: Path, asked: bool | None) -> bool:
    """Whether this start has the demo, which the next one will know."""
    if asked is None:
        try:
            asked = bool(read_json(_file(home)).get("demo", True))
        except ValueError as error:
            raise LaunchError(f"{error} Start with --demo or --no-demo, which writes it anew.") from error
    keep_demo(home, asked)
    return asked


def keep_demo(home: Path, wanted: bool) -> None:
    """Have the next start that says nothing of it run with the demo, or without."""
    write_private_json(_file(home), {"demo": wanted})


def _file(home: Path) -> Path:
    return home / "start.json"
