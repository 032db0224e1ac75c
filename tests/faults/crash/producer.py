"""Puts the plan's events in, as our own code and as upstream do. What fails is tried again until it is in.

A commit whose answer was lost is not repeated: beside its events, each transaction writes their numbers into
`crash_promise`; the webhook knows by itself what it has stored already.
"""

import json
import random
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import requests
from django.db import InterfaceError, OperationalError, connection, transaction

from callbacks.outbox import Entry, put
from tests.faults.crash.plan import Event, Plan, chunks
from tests.faults.crash.world import World, upstream_id

THREADS = 3
"""Of each kind; one thread does all of a callback, so that its events go in by their numbers."""

PAUSE = 0.2
"""Seconds until what failed is tried again."""

NOON = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)

Piece = Sequence[Event]
"""Events of one callback that go in together."""


def produce(plan: Plan, world: World, web: str, reserve: Path) -> None:
    """Put all events in, each when its number says, those of the reserve not before the file `reserve` is there.

    Returns when all are in. `web` is the web server's address.
    """
    over_http = [event for event in plan.events() if plan.is_over_http(event)]
    own = [event for event in plan.events() if not plan.is_over_http(event)]
    started = time.monotonic()

    def wait_for(number: int) -> None:
        time.sleep(max(0.0, started + number / plan.rate - time.monotonic()))
        while number >= plan.reserve and not reserve.exists():
            time.sleep(PAUSE)

    post = _poster(f"{web}/webhook/{world.upstream.webhook_id}")
    lines = [(_put, own, 8), (post, over_http, 3)]
    with ThreadPoolExecutor(len(lines) * THREADS) as threads:
        walks = [
            threads.submit(_walk, wait_for, world, put_in, lane(plan, events, most, number))
            for put_in, events, most in lines
            for number in range(THREADS)
        ]
    for walk in walks:
        walk.result()


def lane(plan: Plan, events: Sequence[Event], most: int, number: int) -> list[Piece]:
    """What the thread with this number puts in, in order, up to `most` events together."""
    draw = random.Random(f"lane {plan.seed} {most} {number}")
    pieces: list[Piece] = []
    for callback in range(number, plan.callbacks, THREADS):
        pieces += chunks([event for event in events if event.callback == callback], most, draw)
    return sorted(pieces, key=lambda piece: piece[0].number)


def _walk(
    wait_for: Callable[[int], None], world: World, put_in: Callable[[World, Piece], bool], pieces: Sequence[Piece]
) -> None:
    for piece in pieces:
        wait_for(piece[0].number)
        while not put_in(world, piece):
            time.sleep(PAUSE)


def _put(world: World, piece: Piece) -> bool:
    """One transaction with all of the piece. False when it failed, or nobody knows whether it was committed."""
    try:
        _put_once(world, piece)
    except (OperationalError, InterfaceError):
        connection.close()
        return False
    return True


def _put_once(world: World, piece: Piece) -> None:
    entries = []
    for event in piece:
        vehicle = world.vehicle(event)
        entries.append(Entry(_written(event, f"{event.number:024x}", vehicle.vin), vehicle.pk))
    with transaction.atomic():
        with connection.cursor() as cursor:
            promise = "INSERT INTO crash_promise SELECT unnest(%s::bigint[]) ON CONFLICT DO NOTHING"
            cursor.execute(promise, [[event.number for event in piece]])
            if cursor.rowcount == 0:
                return
        put(world.callbacks[piece[0].callback], entries)


def _poster(url: str) -> Callable[[World, Piece], bool]:
    """Posts one request of upstream's. False when it was not answered 200."""

    def post(world: World, piece: Piece) -> bool:
        vehicle = world.vehicle(piece[0])
        events = [_written(event, upstream_id(vehicle), vehicle.vin) for event in piece]
        body = json.dumps({"callbackId": "upstream", "attributes": [], "events": events})
        headers = {
            "Authorization": f"Bearer {world.upstream.webhook_secret}",
            "Content-Type": "application/json",
        }
        try:
            return requests.post(url, body, headers=headers, timeout=10).status_code == 200
        except requests.RequestException:
            return False

    return post


def _written(event: Event, remote_action_id: str, vin: str) -> dict[str, Any]:
    """The event as it stands in a body; fields of upstream's that nobody knows are kept, and so is `number`."""
    return {
        "remoteActionId": remote_action_id,
        "vin": vin,
        "eventDate": (NOON + timedelta(seconds=event.number)).isoformat(),
        "remoteType": "Doors",
        "eventStatus": {"type": "Pending", "status": "Accepted"},
        "number": event.number,
    }
