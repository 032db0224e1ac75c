"""What others get while somebody attacks: their pages, the API and upstream's notifications, and what it costs."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path

from launcher.environment import ROOT
from tests.faults.outside.attack import Plan
from tests.running import Running

STAND_SECONDS = 30

Ask = Callable[[], int]
"""Makes one honest request, and gives its status."""


@dataclass
class Seen:
    """`slowest`, and `calm` just before: seconds, by what was asked. `wrong`: what honest requests should not get."""

    calm: dict[str, float] = field(default_factory=dict)
    slowest: dict[str, float] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    grown: float = 0.0
    """Megabytes of memory."""
    spooled: int = 0
    """Bytes in files of the temporary folder that the web server has open."""


def watch(running: Running, plan: Plan, honest: Mapping[str, Ask], seconds: float) -> Seen:
    """Ask again and again for so long while the attack stands."""
    seen, before = Seen(), _memory(running)
    for _ in range(2):
        _round(honest, seen.calm, seen.wrong)
    with _attack(plan):
        until, rounds = time.monotonic() + seconds, 0
        while rounds < 2 or time.monotonic() < until:
            rounds += 1
            _round(honest, seen.slowest, seen.wrong)
            seen.grown = max(seen.grown, _memory(running) - before)
            seen.spooled = max(seen.spooled, _spooled(running))
    return seen


def _round(honest: Mapping[str, Ask], slowest: dict[str, float], wrong: list[str]) -> None:
    for name, ask in honest.items():
        began = time.monotonic()
        try:
            status = ask()
        except OSError as error:
            wrong.append(f"{name}: {error!r}")
        else:
            if status != 200:
                wrong.append(f"{name}: {status}")
        slowest[name] = max(slowest.get(name, 0.0), time.monotonic() - began)


@contextmanager
def _attack(plan: Plan) -> Iterator[None]:
    argv = [sys.executable, "-m", "tests.faults.outside.attack", json.dumps(asdict(plan))]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "on\n"
            yield
        finally:
            process.kill()


def web_processes(running: Running) -> list[int]:
    return running.processes("granian")


def _memory(running: Running) -> float:
    """Megabytes of all web processes; what they share counts once."""
    total = 0
    for pid in web_processes(running):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def _spooled(running: Running) -> int:
    folder, size = tempfile.gettempdir(), 0
    for pid in web_processes(running):
        for entry in Path(f"/proc/{pid}/fd").iterdir():
            try:
                name = os.readlink(entry)
                if name.startswith(folder) and not name.startswith(str(running.server.home)):
                    size += entry.stat().st_size
            except OSError:
                continue
    return size
