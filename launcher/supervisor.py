"""Starts processes, starts those again that died, and stops them all in time.

One thread and one loop: a child's state is looked at in one place only.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from launcher.errors import LaunchError, StopRequested, failure
from launcher.guardian import Guardian
from launcher.process import Child, Command, describe_exit
from launcher.progress import say, took
from launcher.signals import Signals

POLL_SECONDS = 0.05
IDLE_SECONDS = 1.0
APP_GRACE = 5.0
STORE_GRACE = 3.0
"""Seconds to stop by themselves: first the programs, then what they store in. Ten in all."""

STILL_SECONDS = 15.0
"""Who gives no sign of life for that long is started again; they come every two seconds."""

LONGEST_PAUSE = 10.0
STEADY_SECONDS = 30.0
"""Who ran that long is started again without a pause."""


@dataclass
class Service:
    """A process that has to run all the time."""

    title: str
    command: Callable[[], Command]
    is_ready: Callable[[], bool]
    prepare: Callable[[], None] = lambda: None
    is_store: bool = False
    start_seconds: float = 120.0
    hint: str = ""
    pulse: Path | None = None
    """A file that it touches all the time, from when it is ready."""

    child: Child | None = field(default=None, init=False)
    ready: bool = field(default=False, init=False)
    was_ready: bool = field(default=False, init=False)
    started: float = field(default=0.0, init=False)
    failures: int = field(default=0, init=False)
    due: float = field(default=0.0, init=False)
    sign: int = field(default=0, init=False)
    sign_seen: float = field(default=0.0, init=False)


class Supervisor:
    """Holds the services; `start`, `wait_for` and `run_step` bring them up, `run` keeps them up."""

    def __init__(self, guardian: Guardian, signals: Signals) -> None:
        """Hand in who clears up if we are killed, and the signals to obey."""
        self._guardian = guardian
        self._signals = signals
        self._services: list[Service] = []

    def start(self, *services: Service) -> None:
        """Start the services without waiting for them; LaunchError when one can't be run."""
        for service in services:
            self._services.append(service)
            self._spawn(service)

    def wait_for(self, *services: Service) -> None:
        """Return when all of them are ready.

        Raises LaunchError when one ends or takes too long, StopRequested on a signal.
        """
        while not all(service.ready for service in services):
            self._turn(POLL_SECONDS)

    def wait_until(self, title: str, probe: Callable[[], str | None], seconds: float) -> None:
        """Return when `probe` gives None; LaunchError with what it gave after `seconds`.

        It is for what others run. Raises StopRequested on a signal.
        """
        deadline = time.monotonic() + seconds
        while (reason := probe()) is not None:
            if time.monotonic() > deadline:
                raise LaunchError(f"{title} doesn't answer: {reason}")
            self._turn(POLL_SECONDS)

    def run_step(self, title: str, command: Command, *, hint: str = "") -> None:
        """Run a command to its end; LaunchError when it fails, StopRequested on a signal."""
        started = time.monotonic()
        child = Child(command, self._guardian)
        try:
            while (code := child.poll()) is None:
                self._turn(POLL_SECONDS)
        finally:
            if child.poll() is None:
                child.kill()
        if code != 0:
            what = f"{title} failed: it {describe_exit(code)}."
            raise failure(what, command.log, offset=child.log_offset, hint=hint)
        took(title, time.monotonic() - started)

    def run(self) -> None:
        """Keep all services running until a signal asks to stop."""
        try:
            while True:
                self._turn(IDLE_SECONDS if all(s.ready for s in self._services) else POLL_SECONDS)
        except StopRequested:
            return

    def stop(self) -> None:
        """Stop all, the stores last; returns within ten seconds with nothing left.

        Another signal meanwhile shortens the wait.
        """
        for stores, grace in ((False, APP_GRACE), (True, STORE_GRACE)):
            children = [s.child for s in self._services if s.child and s.is_store == stores]
            self._stop(children, grace)

    def _stop(self, children: list[Child], grace: float) -> None:
        wishes = self._signals.wishes_to_stop
        left = [child for child in children if child.poll() is None]
        for child in left:
            child.ask_to_stop()
        deadline = time.monotonic() + grace
        while left and time.monotonic() < deadline and self._signals.wishes_to_stop == wishes:
            self._signals.wait(POLL_SECONDS)
            left = [child for child in left if child.poll() is None]
        for child in left:
            child.kill()

    def _turn(self, pause: float) -> None:
        """Look after every service once, then wait for `pause` seconds or a signal."""
        for service in self._services:
            self._look_after(service)
        self._signals.wait(pause)
        if self._signals.wishes_to_stop:
            raise StopRequested

    def _look_after(self, service: Service) -> None:
        now = time.monotonic()
        if service.child is None:
            if now >= service.due:
                self._spawn_again(service)
        elif (code := service.child.poll()) is not None:
            self._has_ended(service, service.child, f"it {describe_exit(code)}")
        elif not service.ready and service.is_ready():
            self._is_up(service)
        elif not service.ready and now - service.started > service.start_seconds:
            self._kill(service, service.child, f"it didn't answer within {service.start_seconds:.0f} s")
        elif service.ready and _stands_still(service, now):
            self._kill(service, service.child, f"it gave no sign of life for {STILL_SECONDS:.0f} s")

    def _spawn(self, service: Service) -> None:
        service.started = time.monotonic()
        service.ready = False
        service.prepare()
        try:
            service.child = Child(service.command(), self._guardian)
        except OSError as error:
            raise LaunchError(f"{_capital(service.title)} can't be started: {error}") from error

    def _spawn_again(self, service: Service) -> None:
        try:
            self._spawn(service)
        except LaunchError as error:
            say(str(error))
            self._plan_again(service)

    def _is_up(self, service: Service) -> None:
        seconds = time.monotonic() - service.started
        if service.was_ready:
            say(f"{_capital(service.title)} runs again, after {seconds:.1f} s.")
        else:
            took(f"Starting {service.title}", seconds)
        service.ready = service.was_ready = True
        service.sign_seen = time.monotonic()

    def _kill(self, service: Service, child: Child, reason: str) -> None:
        child.kill()
        self._has_ended(service, child, reason)

    def _has_ended(self, service: Service, child: Child, reason: str) -> None:
        log = child.command.log
        if not service.was_ready:
            what = f"Starting {service.title} failed: {reason}."
            raise failure(what, log, offset=child.log_offset, hint=service.hint)
        if time.monotonic() - service.started > STEADY_SECONDS:
            service.failures = 0
        self._plan_again(service)
        pause = service.due - time.monotonic()
        when = "now" if pause <= 0 else f"in {pause:.0f} s"
        title = _capital(service.title)
        say(f"{title} stopped: {reason}. Starting it again {when}; its log is {log}.")

    def _plan_again(self, service: Service) -> None:
        service.child = None
        service.ready = False
        pause = min(LONGEST_PAUSE, 2.0 ** (service.failures - 1)) if service.failures else 0.0
        service.failures += 1
        service.due = time.monotonic() + pause


def _stands_still(service: Service, now: float) -> bool:
    """Whether its file is as it was for too long, by what we see: a clock may be set, a host may sleep."""
    if service.pulse is None:
        return False
    try:
        sign = service.pulse.stat().st_mtime_ns
    except OSError:
        sign = 0
    if sign != service.sign:
        service.sign, service.sign_seen = sign, now
    return now - service.sign_seen > STILL_SECONDS


def _capital(title: str) -> str:
    """Return a title as it stands at the beginning of a sentence."""
    return title[:1].upper() + title[1:]
