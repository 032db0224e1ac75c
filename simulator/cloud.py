"""The running simulator: its disk, its clock, the engine that takes due steps, and the notifier."""

import asyncio
import logging
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from simulator import faults as faults_
from simulator.clock import Clock
from simulator.database import Database
from simulator.faults import Faults
from simulator.limits import Limits
from simulator.notifier import Notifier
from simulator.scopes import KNOWN
from simulator.vehicles import garage
from simulator.vehicles.actions import Engine
from simulator.vehicles.lifecycle import Rules
from simulator.world import WorldFleet

log = logging.getLogger(__name__)

# Sends that are remembered.
SENDS = 10_000


@dataclass(frozen=True)
class Settings:
    """How a simulator is started; `faults` None keeps those of the last run. Limits of 0 are none.

    `strict` is the HTTP status that refuses remote types that are not published; None: they are taken. So many
    notifications as `arrays` says, when as many wait, go as one JSON array, with neither headers nor query.
    v1: `scopes` are those that its account has, `token_seconds` says how long a token lives, at any speed.
    """

    database: Path
    speed: float = 1.0
    seed: int = 1
    wake_ups_per_month: int | None = None
    burst_limit: int = 0
    day_limit: int = 0
    faults: Faults | None = None
    strict: int | None = None
    arrays: int = 0
    scopes: frozenset[str] = KNOWN
    token_seconds: int = 900


@dataclass(frozen=True)
class Luck:
    """Which faults of the answers strike one request: those of `faults`, counted in `occasions`."""

    faults: Faults
    occasions: dict[str, int] = field(default_factory=dict)

    def strikes(self, fault: str) -> int | None:
        """The number of this occasion when the fault strikes, else None."""
        number = self.occasions[fault] = self.occasions.get(fault, 0) + 1
        return number if self.faults.strikes(fault, number) else None


@dataclass
class Send:
    """A remote action as it came in: when (seconds since 1970), for which vehicle (its id), its body, and what was
    answered: an HTTP status, None where it was nothing.
    """

    at: float
    vehicle_id: str
    body: bytes
    status: int | None = None


class Cloud:
    """What the HTTP handlers work on. Make it inside a running event loop; `close` it at the end."""

    def __init__(self, settings: Settings, world: list[WorldFleet]) -> None:
        self.settings = settings
        self.clock = Clock(settings.speed)
        self.db = Database(settings.database)
        garage.seed(self.db, world, self.clock.now())
        self.limits = Limits(settings.day_limit, settings.burst_limit)
        self.token_seconds = settings.token_seconds
        self._own_faults: dict[str, Faults] = {}
        self._own_luck: dict[str, Luck] = {}
        self.faults = self._stored_faults() if settings.faults is None else settings.faults
        self.set_faults(self.faults)
        self.notifier = Notifier(self.db, self.clock, settings.arrays)
        rules = Rules(settings.speed, settings.seed, settings.wake_ups_per_month)
        self._engine = Engine(self.db, self.clock, rules, self.faults_of, self.notifier.wake)
        self._kicked = asyncio.Event()
        self.sends: deque[Send] = deque(maxlen=SENDS)
        self._task = asyncio.create_task(self._run())
        self.notifier.start()

    def _stored_faults(self) -> Faults:
        stored = self.db.meta("faults")
        return Faults(seed=self.settings.seed) if stored is None else faults_.read(stored)

    def set_faults(self, faults: Faults) -> None:
        """Switch faults on or off; kept over restarts."""
        self.faults = faults
        self._luck = Luck(faults)
        self.db.set_meta("faults", faults_.write(faults))

    def faults_of(self, vehicle_id: str) -> Faults:
        """The vehicle's own faults, else those for all."""
        return self._own_faults.get(vehicle_id, self.faults)

    def set_faults_of(self, vehicle_id: str, faults: Faults) -> None:
        """Give a vehicle faults of its own, until the next start. Those of answers strike its next send alone."""
        self._own_faults[vehicle_id] = faults
        self._own_luck[vehicle_id] = Luck(faults)

    def luck(self, vehicle_id: str | None, is_send: bool) -> Luck:
        """What strikes a request, perhaps about a vehicle. `is_send`: it sends a remote action."""
        if vehicle_id not in self._own_faults:
            return self._luck
        return self._own_luck.pop(vehicle_id, Luck(Faults())) if is_send else Luck(Faults())

    def kick(self) -> None:
        """A step may be due earlier than was thought."""
        self._kicked.set()

    async def _run(self) -> None:
        while True:
            self._kicked.clear()
            try:
                taken = self._engine.run_due()
                due = self._engine.next_due()
            except Exception:
                log.exception("the engine stumbled")
                taken, due = 0, self.clock.now() + 1
            if taken:
                # Others may have their turn between two rounds.
                await asyncio.sleep(0)
                continue
            wait = None if due is None else max(0.0, due - self.clock.now())
            # Not `wait_for`, which may swallow that this is cancelled (Python 3.11).
            with suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self._kicked.wait()

    async def close(self) -> None:
        """Stop; all that is under way goes on at the next start."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.notifier.close()
        self.db.close()
