"""Which vehicles a narrowed person sees: those of a filter, kept up to date, or those that were chosen one by one.

What a filter means is known to a room above, which says so in its `apps.py` (`evaluate_with`). What it can't read means
no vehicle. Who sees other vehicles than before is announced to open pages (fleets/sight).
"""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, Q, QuerySet
from django.db.models.signals import post_save
from django.dispatch import receiver

from fleets.access import lasting
from fleets.audit.changes import CHANGED, LONGEST, record_changed
from fleets.audit.doer import doer
from fleets.audit.entries import About
from fleets.models import Fleet, Membership, MembershipVehicle, Vehicle
from fleets.sight.announcing import look_again

Evaluate = Callable[[Fleet, Mapping[str, Any]], QuerySet[Vehicle]]
"""The vehicles of the fleet that a stored filter means; none for one that can't be read."""

# What a person changes of a vehicle.
_ABOUT = frozenset({"label", "plate", "vin", "brand", "model", "motorization", "fleet", "capabilities"})
# Rows an INSERT.
_AT_ONCE = 2000
# Memberships that are locked and looked at together.
_TOGETHER = 25
# Vehicles that the audit names one by one.
_NAMED = 50

_evaluate: Evaluate = lambda _fleet, _filter: Vehicle.objects.none()  # noqa: E731


def evaluate_with(evaluate: Evaluate) -> None:
    """For the `apps.py` of the room that knows filters."""
    global _evaluate
    _evaluate = evaluate


@transaction.atomic
def narrow(
    membership: Membership,
    *,
    filter: Mapping[str, Any] | None = None,
    vehicles: Collection[int] | QuerySet[Vehicle] = (),
) -> None:
    """From now on the person sees the vehicles of the stored `filter`, or else these, by primary keys or as rows.

    Those of other fleets are left out. The membership is saved; so are its vehicles.
    """
    Membership.objects.select_for_update(no_key=True).get(pk=membership.pk)
    membership.narrowed, membership.narrowed_filter = True, None if filter is None else dict(filter)
    membership.save(update_fields=["narrowed", "narrowed_filter"])
    if filter is None:
        wanted = Vehicle.objects.filter(fleet=membership.fleet_id, pk__in=_keys(vehicles))
    else:
        wanted = _evaluate(membership.fleet, filter)
    _bring_to(membership, wanted)
    _record(membership)


@transaction.atomic
def widen(membership: Membership) -> None:
    """The person sees the whole fleet, as the role has it."""
    membership.narrowed, membership.narrowed_filter = False, None
    membership.save(update_fields=["narrowed", "narrowed_filter"])
    MembershipVehicle.objects.filter(membership=membership).delete()


def refresh(fleet_ids: Collection[int] | None = None) -> None:
    """Bring those who are narrowed by a filter to what it means now, in these fleets or in all.

    A statement where there is nobody; three for some memberships of one filter, and two for each to which it means
    others than before: what differs alone is written.
    """
    found = lasting().filter(narrowed=True, narrowed_filter__isnull=False)
    if fleet_ids is not None:
        found = found.filter(fleet__in=fleet_ids)
    alike: dict[tuple[int, str], list[int]] = {}
    for pk, fleet_id, stored in found.order_by("pk").values_list("pk", "fleet", "narrowed_filter"):
        alike.setdefault((fleet_id, json.dumps(stored, sort_keys=True)), []).append(pk)
    for (_fleet, stored), keys in alike.items():
        for start in range(0, len(keys), _TOGETHER):
            _refresh_alike(keys[start : start + _TOGETHER], json.loads(stored))


def refresh_later(fleet_ids: Iterable[int]) -> None:
    """The same once the caller's transaction has committed: vehicles of these fleets are called otherwise now."""
    fleets = set(fleet_ids)
    transaction.on_commit(lambda: refresh(fleets))


@receiver(post_save, sender=Vehicle)
def _vehicle_changed(instance: Vehicle, created: bool, update_fields: frozenset[str] | None, **_: Any) -> None:
    """Somebody has changed it by hand; one that is new is found by the next sweep."""
    if not created and (update_fields is None or update_fields & _ABOUT):
        refresh_later([instance.fleet_id])


@transaction.atomic
def _refresh_alike(keys: Collection[int], stored: dict[str, Any]) -> None:
    """Memberships of one fleet with this filter."""
    locked = Membership.objects.select_for_update(no_key=True, of=["self"]).select_related("fleet").filter(pk__in=keys)
    # Meanwhile one may have been taken away, or narrowed otherwise.
    found = [row for row in locked.order_by("pk") if row.narrowed and row.narrowed_filter == stored]
    if not found:
        return
    wanted = _evaluate(found[0].fleet, stored)
    number, keeps = wanted.count(), Count("pk", filter=Q(vehicle__in=wanted.order_by().values("pk")))
    rows = MembershipVehicle.objects.filter(membership__in=found).order_by().values("membership")
    counted = rows.annotate(all=Count("pk"), kept=keeps).values_list("membership", "all", "kept")
    has = {key: (every, kept) for key, every, kept in counted}
    for membership in found:
        if has.get(membership.pk, (0, 0)) != (number, number):
            _bring_to(membership, wanted)


def _bring_to(membership: Membership, wanted: QuerySet[Vehicle]) -> None:
    """Write which vehicles they are, and announce it where they are others than before."""
    rows = MembershipVehicle.objects.filter(membership=membership)
    gone, _ = rows.exclude(vehicle__in=wanted.order_by().values("pk")).delete()
    keys = list(wanted.exclude(pk__in=rows.values("vehicle")).order_by("pk").values_list("pk", flat=True))
    MembershipVehicle.objects.bulk_create(
        [MembershipVehicle(membership=membership, vehicle_id=key) for key in keys], _AT_ONCE, ignore_conflicts=True
    )
    if gone or keys:
        look_again(membership.user_id)


def _keys(vehicles: Collection[int] | QuerySet[Vehicle]) -> Collection[int]:
    return list(vehicles.values_list("pk", flat=True)) if isinstance(vehicles, QuerySet) else vehicles


def _record(membership: Membership) -> None:
    """Which vehicles were chosen one by one, as the person who did it will be asked; a filter says it by itself."""
    who = doer()
    if who is None or membership.narrowed_filter is not None:
        return
    rows = Vehicle.objects.filter(pk__in=MembershipVehicle.objects.filter(membership=membership).values("vehicle"))
    vins = list(rows.order_by("vin").values_list("vin", flat=True))
    document = {
        "of": "membership",
        "name": str(membership)[:LONGEST],
        "fields": {"vehicles": [None, ", ".join(vins[:_NAMED])], "vehicle_count": [None, len(vins)]},
    }
    about = About(f"person {membership.user_id}", membership.fleet_id)
    record_changed(about, CHANGED, actor=who.actor, origin=who.origin, document=document)
