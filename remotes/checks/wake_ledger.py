"""The wake ledger: each waking of a sleeping vehicle counts against its month, and a reserve is kept for what matters.

The manufacturer limits how often a vehicle is woken in a month and tells nobody the number, so the limit is the fleet's
own setting (FleetRules.wake_ups_a_month); without one, nothing is refused.
"""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from fleets.models import Vehicle
from protocol import statuses
from protocol.catalogue import RemoteType
from protocol.why import Why
from remotes.models import FleetRules, RemoteAction, RemoteEvent, WakeUp
from remotes.timeouts import scaled
from remotes.words import codes

# A stopped vehicle stays awake for so long after each message that it is sent (the protocol's life of an action).
AWAKE = timedelta(minutes=3)

# What only a vehicle that is awake tells.
HEARD = (statuses.SENT_TO_VEHICLE, statuses.CHECKING_VEHICLE, *statuses.CARRIED_OUT)


@dataclass(frozen=True)
class Budget:
    """A vehicle's wake-ups in a month (UTC). `limit` is None while nobody knows it; `forecast` is for the whole month.

    `forecast` is None in the first days, from which nothing can be told.
    """

    limit: int | None
    spent: int
    reserve: int
    forecast: int | None

    @property
    def left(self) -> int | None:
        return None if self.limit is None else max(self.limit - self.spent, 0)

    @property
    def reserve_reached(self) -> bool:
        """Whether only what the reserve is for may wake the vehicle."""
        return self.left is not None and self.left <= self.reserve

    @property
    def runs_out(self) -> bool:
        """Whether it is spent before the month is over, if it goes on like this."""
        return self.limit is not None and (self.forecast or 0) > self.limit


def budget(vehicle: Vehicle, now: datetime, rules: FleetRules | None = None) -> Budget:
    """The vehicle's budget of this month."""
    rules = rules or FleetRules.objects.filter(pk=vehicle.fleet_id).first() or FleetRules(fleet_id=vehicle.fleet_id)
    spent = WakeUp.objects.filter(vehicle=vehicle, at__gte=month_of(now)).count()
    return Budget(rules.wake_ups_a_month, spent, rules.wake_reserve, forecast(spent, now))


def month_of(now: datetime) -> datetime:
    """When the month began."""
    return now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def forecast(spent: int, now: datetime) -> int | None:
    """How many it will have been at the end of the month if it goes on like this; None in its first three days."""
    passed = (now - month_of(now)) / timedelta(days=1)
    if passed < 3:
        return None
    return round(spent * monthrange(now.year, now.month)[1] / passed)


def is_awake(vehicle: Vehicle, now: datetime) -> bool | None:
    """Whether the vehicle is awake: it is when it was heard of in the last minutes; None when it never was."""
    heard = heard_at(vehicle)
    return None if heard is None else now - heard < scaled(AWAKE)


def heard_at(vehicle: Vehicle) -> datetime | None:
    """When a message last reached the vehicle, as the events of its newest actions tell."""
    newest = RemoteAction.objects.filter(vehicle=vehicle, accepted_at__isnull=False).order_by("-id")
    events = RemoteEvent.objects.filter(action__in=newest.values("pk")[:10], status__in=HEARD)
    return max(events.values_list("effective_at", flat=True), default=None)


def refusal(vehicle: Vehicle, remote_type: RemoteType, rules: FleetRules, now: datetime) -> Why | None:
    """Why this may not wake the vehicle; None when it may, or needs no wake-up.

    The reserve is for urgent types: stolen, finder, immobilise and locking.
    """
    if remote_type.urgent or rules.wake_ups_a_month is None:
        return None
    found = budget(vehicle, now, rules)
    return reserved(found) if found.reserve_reached and not is_awake(vehicle, now) else None


def reserved(found: Budget) -> Why:
    """That only what the reserve is for may spend what is left of the budget, which has a limit."""
    return Why(codes.RESERVED, spent=str(found.spent), limit=str(found.limit), reserve=str(found.reserve))


def waits_for_waking(action: RemoteAction, now: datetime) -> bool:
    """Whether the action was asked to wait until the vehicle is awake anyway, and it is not."""
    return action.when_awake and action.state == RemoteAction.State.QUEUED and not is_awake(action.vehicle, now)


def record(action: RemoteAction, events: Iterable[RemoteEvent]) -> None:
    """Count the waking that these events of the action tell of, once an action.

    Those that a notification brings for a known action are counted by remotes/intake/ingest.py, in its one statement.
    """
    for event in events:
        if event.status == statuses.WAKING_UP_VEHICLE:
            WakeUp.objects.get_or_create(
                action=action, defaults={"vehicle_id": action.vehicle_id, "at": event.effective_at}
            )
