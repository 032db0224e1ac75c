"""Whether a gateway works: kept in its row, read by a process once a second at the most, and told to who wants to know.

Down and refused both close it: nothing is sent but one probe at a time, until one is answered.
"""

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from fleets.models import Gateway
from fleets.storage import clock
from protocol.why import Why
from remotes.gate import recent
from remotes.gate.circuit import FIRST_PROBE, URGENT_PROBE, until_probe
from remotes.jobs import PACE, wake
from remotes.models import GatewayHealth

logger = logging.getLogger(__name__)

State = GatewayHealth.State

# Seconds for which a process goes by what it has read.
FRESH = 1.0
# A probe is over by then, whatever the time-outs.
PROBE_TIME = timedelta(seconds=30)
# Seconds that a list of remote actions is believed to be behind, at the most.
LONGEST_LAG = 3600


@dataclass(frozen=True)
class Reading:
    """A gateway's health as it was read, and when the gateway's settings were changed last."""

    health: GatewayHealth
    settings_at: datetime

    @property
    def is_up(self) -> bool:
        return self.health.state == State.UP

    def probe_is_due(self, now: datetime, *, urgent: bool = False) -> bool:
        """Whether a probe may go: it is time, or time enough for an urgent action, or the credentials are others."""
        row = self.health
        if row.probe_at is None or row.probed_at is None:
            return True
        is_renewed = row.state == State.REFUSED and self.settings_at > row.probed_at
        return is_renewed or row.probe_at <= now or (urgent and row.probed_at + URGENT_PROBE <= now)


# Told of every change, in the process that found it out, after commit: the new health, and the state before.
Listener = Callable[[GatewayHealth, State], None]
_listeners: list[Listener] = []
_readings: dict[int, tuple[float, Reading]] = {}


def on_change(listener: Listener) -> None:
    """Have `listener` told when a gateway goes down, is refused or works again; from an AppConfig's ready()."""
    _listeners.append(listener)


def health(gateway: Gateway) -> GatewayHealth:
    """The gateway's health as its row says; up where it has none."""
    return GatewayHealth.objects.filter(pk=gateway.pk).first() or GatewayHealth(gateway=gateway)


def reading(gateway_id: int) -> Reading:
    """The gateway's health, not older than a second."""
    kept = _readings.get(gateway_id)
    if kept is None or time.monotonic() - kept[0] > FRESH:
        gateway = Gateway.objects.select_related("health").get(pk=gateway_id)
        row = getattr(gateway, "health", None) or GatewayHealth(gateway=gateway)
        kept = _readings[gateway_id] = (time.monotonic(), Reading(row, gateway.updated_at))
    return kept[1]


def closed() -> set[int]:
    """The gateways through which nothing but probes is sent."""
    return set(GatewayHealth.objects.exclude(state=State.UP).values_list("pk", flat=True))


def take_probe(known: Reading, now: datetime, *, urgent: bool = False) -> bool:
    """Whether the caller may send the next probe of a gateway that is closed; only one may."""
    if not known.probe_is_due(now, urgent=urgent):
        return False
    same = GatewayHealth.objects.filter(pk=known.health.pk, state=known.health.state, probe_at=known.health.probe_at)
    taken = bool(same.update(probe_at=now + PROBE_TIME, probed_at=now))
    forget_reading(known.health.pk)
    return taken


def probe_failed(gateway_id: int, now: datetime) -> None:
    """Have the next probe wait longer."""

    def note() -> None:
        row = GatewayHealth.objects.exclude(state=State.UP).filter(pk=gateway_id).first()
        if row is not None:
            wait = until_probe(State(row.state), now - (row.since or now)) * random.uniform(1, 1.2)
            same = GatewayHealth.objects.filter(pk=gateway_id, state=row.state)
            same.update(probe_at=now + wait, failures=F("failures") + 1)
        forget_reading(gateway_id)

    transaction.on_commit(note)


def probe_now(gateway_id: int) -> None:
    """Something was answered: an action may find out at once whether actions are taken, too."""

    def note() -> None:
        GatewayHealth.objects.exclude(state=State.UP).filter(pk=gateway_id).update(probe_at=clock.now())
        forget_reading(gateway_id)

    transaction.on_commit(note)


def change(gateway: Gateway, state: State, why: Why | None = None, failures: int = 0) -> None:
    """Write a new state, once the transaction around it (if any) is over, and tell it.

    Refused credentials count only as long as they are the present ones.
    """
    transaction.on_commit(lambda: _change(gateway, state, why, failures))


@transaction.atomic
def _change(gateway: Gateway, state: State, why: Why | None, failures: int) -> None:
    GatewayHealth.objects.get_or_create(gateway=gateway)
    row = GatewayHealth.objects.select_for_update(of=("self",)).select_related("gateway").get(pk=gateway.pk)
    outdated = state == State.REFUSED and row.gateway.updated_at != gateway.updated_at
    before = State(row.state)
    if before == state or outdated:
        return
    now = clock.now()
    row.state, row.since, row.why, row.failures = state, now, why, failures
    row.probe_at, row.probed_at = (None, None) if state == State.UP else (now + FIRST_PROBE, now)
    row.save(update_fields=["state", "since", "why", "failures", "probe_at", "probed_at"])
    transaction.on_commit(lambda: _changed(row, before))


def _changed(row: GatewayHealth, before: State) -> None:
    forget_reading(row.pk)
    logger.warning("%s. %s", row, row.why or "")
    if row.state == State.UP:
        recent.forget(row.pk)
        wake(PACE, [row.pk])
    for listener in _listeners:
        try:
            listener(row, before)
        except Exception:
            logger.exception("A listener failed over a change of %s", row)


def learn(gateway_id: int, burst: int | None, day: int | None) -> None:
    """Keep the limits that the gateway has told, where they are others than those that we know."""
    known = reading(gateway_id).health
    if (burst, day) == (known.burst_limit, known.day_limit):
        return

    def note() -> None:
        limits = {"burst_limit": burst, "day_limit": day}
        GatewayHealth.objects.update_or_create(pk=gateway_id, defaults=limits)
        forget_reading(gateway_id)

    transaction.on_commit(note)


def learn_lag(gateway_id: int, lag: timedelta) -> None:
    """Keep how far a gateway's list of remote actions was behind, where it is further than was known."""
    seconds = min(round(lag.total_seconds()), LONGEST_LAG)
    if seconds > reading(gateway_id).health.list_lag:
        _keep_lag(gateway_id, seconds)


def unlearn_lag(gateway_id: int) -> None:
    """Its list was quicker than was known: half of that is kept, since one list says little."""
    _keep_lag(gateway_id, reading(gateway_id).health.list_lag // 2)


def _keep_lag(gateway_id: int, seconds: int) -> None:
    def note() -> None:
        GatewayHealth.objects.update_or_create(pk=gateway_id, defaults={"list_lag": seconds})
        forget_reading(gateway_id)

    transaction.on_commit(note)


def forget_reading(gateway_id: int) -> None:
    """Read the gateway's row when this process asks next, however fresh what it has read is."""
    _readings.pop(gateway_id, None)
