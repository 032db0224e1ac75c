"""What a remote action will do with each of many vehicles: it is sent, wakes the vehicle, or is skipped, and why.

The checks are those of remotes/checks/checks.py, with what they look at read for all vehicles at once: the number of
statements does not depend on the number of vehicles.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, QuerySet

from fleets.models import Gateway, Vehicle
from fleets.storage.sql import array
from fleets.words.types import title_why
from protocol.canonical import Remote
from protocol.why import Why
from remotes.checks import checks, wake_ledger
from remotes.checks.checks import IN_PROGRESS, Checked, stops_the_vehicle
from remotes.checks.wake_ledger import AWAKE, Budget
from remotes.models import BulkItem, FleetRules, RemoteAction, WakeUp
from remotes.timeouts import scaled
from remotes.words import codes

Kind = BulkItem.Verdict

# Those of remotes/checks/checks.py that look at nothing but what they are given.
_CHECKS = (checks.capability, checks.same_in_progress, checks.moving)

# What a check says of an action that waits, as it is said of one that is not asked for.
_NOT_ASKED = {ended: asked for asked, ended in codes.NOT_SENT.items()}


@dataclass(frozen=True)
class Verdict:
    """`why` is why it is skipped. `wake_ups_left` of this month, None without a limit."""

    kind: BulkItem.Verdict
    why: Why | None = None
    wake_ups_left: int | None = None


def looked_at(vehicles: QuerySet[Vehicle], remote: Remote) -> QuerySet[Vehicle]:
    """With just the columns that the verdicts need: the state, which is long, only where a movement matters."""
    columns = ["vin", "label", "fleet", "capabilities", "capability_document", "gone_at", "gateway"]
    if stops_the_vehicle(RemoteAction(remote_type=remote.remote_type.name, payload=remote.payload)):
        columns += ["state", "state_read_at"]
    return vehicles.only(*columns)


def verdicts(
    fleet_id: int, vehicles: Sequence[Vehicle], remote: Remote, rules: FleetRules, now: datetime
) -> dict[int, Verdict]:
    """By the vehicle's primary key: four statements, however many vehicles. They are as of `looked_at`."""
    ids = [vehicle.pk for vehicle in vehicles]
    gateways = Gateway.objects.in_bulk({vehicle.gateway_id for vehicle in vehicles})
    in_progress = _in_progress(ids)
    heard = heard_at(ids)
    spent = _spent(ids, now) if rules.wake_ups_a_month is not None else {}
    # One for all: making an action takes longer than all checks of it.
    action = RemoteAction(fleet_id=fleet_id, remote_type=remote.remote_type.name, payload=remote.payload)
    found = {}
    for vehicle in vehicles:
        vehicle.gateway = gateways[vehicle.gateway_id]
        action.vehicle = vehicle
        why = _why_not(Checked(action, rules, in_progress[vehicle.pk], now))
        budget = Budget(rules.wake_ups_a_month, spent.get(vehicle.pk, 0), rules.wake_reserve, None)
        is_awake = vehicle.pk in heard and now - heard[vehicle.pk] < scaled(AWAKE)
        found[vehicle.pk] = Verdict(Kind.SKIP, why) if why else _waking(action, budget, is_awake)
    return found


def _why_not(asked: Checked) -> Why | None:
    vehicle, remote_type = asked.vehicle, asked.action.type
    if vehicle.fleet_id != asked.action.fleet_id:
        return Why(codes.HAS_LEFT, vehicle=str(vehicle))
    if getattr(remote_type, vehicle.gateway.dialect) is None:
        return Why(codes.UNABLE, vehicle=str(vehicle), what=title_why(remote_type))
    refusal = next(filter(None, (check(asked) for check in _CHECKS)), None)
    return Why(_NOT_ASKED[refusal.why.code], **refusal.why.values) if refusal else None


def _waking(action: RemoteAction, budget: Budget, is_awake: bool) -> Verdict:
    """As wake_ledger.refusal: urgent types may spend the reserve, and a vehicle that is awake spends nothing."""
    if is_awake:
        return Verdict(Kind.SEND)
    if budget.reserve_reached and not action.type.urgent:
        return Verdict(Kind.SKIP, wake_ledger.reserved(budget))
    return Verdict(Kind.WAKE, wake_ups_left=budget.left)


def _in_progress(vehicle_ids: Sequence[int]) -> dict[int, list[RemoteAction]]:
    actions = RemoteAction.objects.filter(vehicle_id__in=vehicle_ids, state__in=IN_PROGRESS).order_by()
    found: dict[int, list[RemoteAction]] = defaultdict(list)
    for action in actions.only("vehicle", "remote_type", "payload"):
        found[action.vehicle_id].append(action)
    return found


def _spent(vehicle_ids: Sequence[int], now: datetime) -> dict[int, int]:
    """The wake-ups of this month."""
    of_month = WakeUp.objects.filter(vehicle_id__in=vehicle_ids, at__gte=wake_ledger.month_of(now)).order_by()
    return dict(of_month.values_list("vehicle_id").annotate(Count("pk")))


def heard_at(vehicle_ids: Sequence[int]) -> dict[int, datetime]:
    """When a message last reached each vehicle, as wake_ledger.heard_at; those never heard of are left out."""
    with connection.cursor() as cursor:
        cursor.execute(_HEARD_AT, [array(vehicle_ids), array(wake_ledger.HEARD)])
        return dict(cursor.fetchall())


_HEARD_AT = """
SELECT vehicle.id, max(event.effective_at)
FROM unnest(%s::bigint[]) AS vehicle (id)
CROSS JOIN LATERAL (
    SELECT id FROM remotes_remoteaction
    WHERE vehicle_id = vehicle.id AND accepted_at IS NOT NULL
    ORDER BY id DESC LIMIT 10
) action
JOIN remotes_remoteevent event ON event.action_id = action.id AND event.status = ANY(%s::text[])
GROUP BY vehicle.id
"""
