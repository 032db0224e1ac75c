"""Makes a bulk command: which vehicles, and what it will do with each. Nothing is sent yet."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from campaigns.bulk.rules import Care
from campaigns.bulk.verdicts import Verdict, looked_at, verdicts
from fleets.access import vehicles_of
from fleets.models import Fleet, Vehicle
from fleets.storage import clock
from protocol.canonical import Remote
from remotes.asking.ask import rules_of
from remotes.models import BulkCommand, BulkItem

# Vehicles of one bulk command at the most, and how many are looked at together.
MOST = 20_000
AT_ONCE = 1000

# After so long what was found out about the vehicles counts no more; what was never started is kept for a day.
WORTH = timedelta(hours=1)
KEPT = timedelta(days=1)

_OUTCOMES = dict.fromkeys(BulkItem.Verdict, BulkItem.State.WAITING) | {BulkItem.Verdict.SKIP: BulkItem.State.SKIPPED}


class NotPlanned(Exception):
    """There are no vehicles, or too many."""


class TooMany(NotPlanned):
    """More than MOST."""


@transaction.atomic
def plan(
    fleet: Fleet,
    vehicles: QuerySet[Vehicle],
    remote: Remote,
    care: Care,
    *,
    user: User,
    reason: str = "",
    time_to_live: timedelta | None = None,
    retry_of: BulkCommand | None = None,
    touched: Iterable[int] = (),
) -> BulkCommand:
    """Write down what will become of each of the vehicles. Raises NotPlanned, or TooMany.

    `touched`: keys of others who had a hand in what is asked.
    """
    vehicle_ids = list(vehicles.order_by("pk").values_list("pk", flat=True)[: MOST + 1])
    if len(vehicle_ids) > MOST:
        raise TooMany
    if not vehicle_ids:
        raise NotPlanned
    now = clock.now()
    bulk = BulkCommand.objects.create(
        fleet=fleet,
        remote_type=remote.remote_type.name,
        payload=remote.payload,
        extra=remote.extra,
        reason=reason,
        user=user,
        touched_by=sorted({user.pk, *(retry_of.touched_by if retry_of else ()), *touched}),
        retry_of=retry_of,
        canary_size=care.canary_size,
        canary_share=care.canary_share,
        pace=care.pace,
        abort_share=care.abort_share,
        time_to_live=time_to_live,
        checked_at=now,
    )
    _look_at_all(bulk, vehicle_ids, now)
    return bulk


@transaction.atomic
def plan_again(bulk: BulkCommand, user: User) -> None:
    """Look at the vehicles anew for the user, if it was not started yet."""
    locked = BulkCommand.objects.select_for_update().get(pk=bulk.pk)
    if locked.state != BulkCommand.State.PREFLIGHT:
        return
    vehicle_ids = list(locked.items.order_by("place").values_list("vehicle_id", flat=True))
    locked.items.all().delete()
    now = clock.now()
    _look_at_all(locked, vehicle_ids, now)
    locked.set(checked_at=now, touched_by=sorted({*locked.touched_by, user.pk}))


def plan_retry(bulk: BulkCommand, states: Sequence[BulkItem.State], user: User) -> BulkCommand:
    """The same for those of its vehicles that stand so and that the user sees. Raises NotPlanned where none does."""
    chosen = bulk.items.filter(state__in=states)
    return plan(
        bulk.fleet,
        vehicles_of(user).filter(fleet=bulk.fleet_id, pk__in=chosen.values("vehicle_id")),
        bulk.remote,
        care_of(bulk),
        user=user,
        reason=bulk.reason,
        time_to_live=bulk.time_to_live,
        retry_of=bulk,
    )


def care_of(bulk: BulkCommand) -> Care:
    return Care(bulk.pace, bulk.canary_size, bulk.canary_share, bulk.abort_share)


def is_outdated(bulk: BulkCommand) -> bool:
    """Whether too much may have changed since the vehicles were looked at."""
    return clock.now() - bulk.checked_at > WORTH


def prune() -> None:
    """Forget what was never started."""
    BulkCommand.objects.filter(state=BulkCommand.State.PREFLIGHT, created_at__lt=clock.now() - KEPT).delete()


def _look_at_all(bulk: BulkCommand, vehicle_ids: Sequence[int], now: datetime) -> None:
    rules = rules_of(bulk.fleet_id)
    place = 0
    for some in _slices(vehicle_ids):
        vehicles = list(looked_at(Vehicle.objects.filter(pk__in=some), bulk.remote).order_by("pk"))
        found = verdicts(bulk.fleet_id, vehicles, bulk.remote, rules, now)
        items = [_item(bulk, vehicle, place + number, found[vehicle.pk]) for number, vehicle in enumerate(vehicles)]
        BulkItem.objects.bulk_create(items)
        place += len(items)


def _item(bulk: BulkCommand, vehicle: Vehicle, place: int, verdict: Verdict) -> BulkItem:
    return BulkItem(
        bulk=bulk,
        vehicle=vehicle,
        place=place,
        verdict=verdict.kind,
        state=_OUTCOMES[verdict.kind],
        why=verdict.why,
        wake_ups_left=verdict.wake_ups_left,
    )


def _slices(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
