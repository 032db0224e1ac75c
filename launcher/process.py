"""One child process: a session of its own, a log file, and a stop that always ends it."""

import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from launcher.guardian import Guardian, signal_group

LOG_LIMIT = 5_000_000
"""A log larger than this many bytes is set aside when its process starts."""


@dataclass(frozen=True)
class Command:
    """What to run and how; `env` is the whole environment, None means our own."""

    argv: Sequence[str]
    log: Path
    cwd: Path
    env: Mapping[str, str] | None = None
    user: int | None = None
    group: int | None = None
    stop_signal: int = signal.SIGTERM


class Child:
    """A started command."""

    def __init__(self, command: Command, guardian: Guardian) -> None:
        """Start it; OSError when the program can't be run.

        It leads a session of its own, so that Ctrl-C at the terminal reaches the supervisor only.
        """
        self.command = command
        self._guardian = guardian
        self._is_buried = False
        _rotate(command.log)
        with command.log.open("ab") as log:
            self.log_offset = log.tell()
            self._process = subprocess.Popen(
                command.argv,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=command.cwd,
                env=command.env,
                user=command.user,
                group=command.group,
                extra_groups=None if command.user is None else [],
                start_new_session=True,
            )
        guardian.watch(self.pid, command.stop_signal)

    @property
    def pid(self) -> int:
        """Process id, which is its process group's id too."""
        return self._process.pid

    def poll(self) -> int | None:
        """Return the exit code once it has ended (negative: killed by that signal), else None.

        What it has started itself and left behind is killed then.
        """
        code = self._process.poll()
        if code is not None and not self._is_buried:
            # Once only: the number may belong to somebody else later.
            self._is_buried = True
            signal_group(self.pid, signal.SIGKILL)
            self._guardian.forget(self.pid)
        return code

    def ask_to_stop(self) -> None:
        """Send the stop signal to the process; its own children are its own business."""
        self._process.send_signal(self.command.stop_signal)

    def kill(self) -> None:
        """Kill it and all in its group, at once, and reap it."""
        if not self._is_buried:
            signal_group(self.pid, signal.SIGKILL)
        self._process.wait()
        self.poll()

    def stop(self, grace: float) -> None:
        """Ask it to stop, and kill it when it is still there after `grace` seconds."""
        self.ask_to_stop()
        try:
            self._process.wait(grace)
        except subprocess.TimeoutExpired:
            self.kill()
        self.poll()


def describe_exit(code: int) -> str:
    """Say in words how a process ended, from its exit code as `Child.poll` returns it."""
    if code >= 0:
        return f"ended with exit code {code}"
    try:
        return f"was killed by {signal.Signals(-code).name}"
    except ValueError:
        return f"was killed by signal {-code}"


def _rotate(log: Path) -> None:
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_name(f"{log.name}.1"))
