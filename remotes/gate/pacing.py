"""Lets the actions that wait for a gateway through, one slot after the other: urgent ones first, fleets by turns.

One worker leads the line of a gateway at a time. It grants each slot of the budget to a fleet and wakes the vehicle
that is first there; its dispatch takes the slot. So what is asked for meanwhile does not overtake what waits.
"""

import time
from datetime import timedelta

from fleets import budgets
from fleets.budgets import Kind, Wait
from fleets.models import Gateway
from fleets.storage import clock
from remotes.gate import gateway_health, line
from remotes.gate.gate import asker
from remotes.gate.line import InLine
from remotes.jobs import DISPATCH, PACE, wake

# Seconds for which a line is led at a stretch, since it takes a worker's thread; and between two looks at who waits.
STRETCH = 3.0
LOOK = 0.25
# Seconds after which a vehicle that was let through and is still there is let through again.
TAKEN = 2.0


def held() -> set[int]:
    """The gateways whose waiting actions are let through by `lead` alone, so that no sweep needs to wake them."""
    return gateway_health.closed() | budgets.with_line(Gateway.objects.values_list("pk", flat=True))


def lead(gateway_id: int) -> None:
    """Let through who waits at the gateway, until nobody does or the stretch is over; then the next worker goes on."""
    if not gateway_health.reading(gateway_id).is_up:
        _send_probe(gateway_id)
        return
    with budgets.leading(gateway_id) as is_leader:
        waits = is_leader and _let_through(gateway_id)
    if waits:
        wake(PACE, [gateway_id])


def _send_probe(gateway_id: int) -> None:
    """Wake a vehicle at the front of the line, when its action may find out whether the gateway works again.

    After each failure it is another one's turn, since it may have been that action alone.
    """
    known, now = gateway_health.reading(gateway_id), clock.now()
    if not known.probe_is_due(now, urgent=True):
        return
    places = list(line.turns(line.waiting(gateway_id).places, {}))
    front = [place for place in places if place.urgent == places[0].urgent]
    if front and known.probe_is_due(now, urgent=front[0].urgent):
        wake(DISPATCH, [front[known.health.failures % len(front)].vehicle_id])


def _let_through(gateway_id: int) -> bool:
    """Whether the next worker must go on at once."""
    ends = time.monotonic() + STRETCH
    let_through: dict[int, float] = {}
    while gateway_health.reading(gateway_id).is_up:
        waiting = line.waiting(gateway_id)
        if not waiting.total:
            budgets.end_line(gateway_id)
            return False
        budgets.keep_line(gateway_id, waiting.urgent, waiting.total)
        seconds = _grant_slots(gateway_id, waiting.places, let_through)
        if seconds > STRETCH:
            return False  # the sweep looks again meanwhile
        if time.monotonic() > ends:
            return True
        time.sleep(min(seconds, LOOK))
    return False


def _grant_slots(gateway_id: int, places: list[InLine], let_through: dict[int, float]) -> float:
    """Grant what is free now, and note who was let through when. Gives the seconds until there may be more."""
    now = time.monotonic()
    there = [place for place in places if now - let_through.get(place.vehicle_id, -TAKEN) >= TAKEN]
    for place in line.turns(there, budgets.served(gateway_id)):
        wait = _grant(gateway_id, place)
        if wait is not None:
            _wake_hopeless(places, wait)
            return wait.seconds
        let_through[place.vehicle_id] = now
        wake(DISPATCH, [place.vehicle_id])
    return LOOK


def _wake_hopeless(places: list[InLine], wait: Wait) -> None:
    """Have those looked at whose time is over before the pause that the cloud has asked for."""
    if wait.cause == "pause":
        over = clock.now() + timedelta(seconds=wait.seconds)
        wake(DISPATCH, [place.vehicle_id for place in places if place.expires_at <= over])


def _grant(gateway_id: int, place: InLine) -> Wait | None:
    known = gateway_health.reading(gateway_id)
    return budgets.grant(asker(known, place.fleet_id, Kind.URGENT if place.urgent else Kind.COMFORT, clock.now()))
