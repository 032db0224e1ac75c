"""Celery workers that stand still at an exact moment of a sending: `celery -A tests.faults.matrix.victim worker`.

An order is a file in the folder MATRIX_ORDERS, named after the vehicle's id at the cloud; it holds a moment of plan.py.
The worker that comes to that moment with an action of that vehicle renames it to `<id>.here` and waits for `<id>.go`,
or to be killed. MATRIX_SETTINGS are Django settings that differ from those in life, as JSON.
"""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import requests
from django.conf import settings
from django.db import transaction

from fleetremote.celery import app
from gateways.bounded import Answer
from tests.faults.matrix.plan import AFTER_REQUEST, BEFORE_COMMIT, BEFORE_REQUEST

__all__ = ["app"]

ORDERS = Path(os.environ["MATRIX_ORDERS"])
LOOK_AGAIN = 0.01
"""Seconds."""


def arm() -> None:
    """Put the moments into dispatch and the gateway's client; AttributeError when they have moved elsewhere."""
    from gateways.http import HttpClient
    from remotes.sending import finishing

    for name, value in json.loads(os.environ["MATRIX_SETTINGS"]).items():
        getattr(settings, name)
        setattr(settings, name, value)
    HttpClient._exchange = halting_exchange(HttpClient._exchange)  # type: ignore[method-assign]
    finishing.finish = halting_finish(finishing.finish)
    finishing.accept = halting_finish(finishing.accept)


def halting_exchange(exchange: Callable[..., Answer]) -> Callable[..., Answer]:
    """The last moment before the bytes go out, and the first after the answer or its failure is there."""

    def halting(client: Any, request: requests.PreparedRequest) -> Answer:
        path = str(request.path_url).partition("?")[0].split("/")
        if request.method != "POST" or path[-1] != "remotes":
            return exchange(client, request)
        vehicle_id = path[path.index("vehicles") + 1]
        halt(vehicle_id, BEFORE_REQUEST)
        try:
            return exchange(client, request)
        finally:
            halt(vehicle_id, AFTER_REQUEST)

    return halting


def halting_finish(finish: Callable[..., bool]) -> Callable[..., bool]:
    """After the outcome is written, before it is committed."""

    def halting(claim: Any, *words: str, **values: object) -> bool:
        with transaction.atomic():
            held = finish(claim, *words, **values)
            halt(claim.action.vehicle.upstream_id, BEFORE_COMMIT)
        return held

    return halting


def halt(vehicle_id: str, moment: str) -> None:
    order = ORDERS / vehicle_id
    try:
        if order.read_text() != moment:
            return
        order.rename(order.with_suffix(".here"))
    except FileNotFoundError:
        return
    while not order.with_suffix(".go").exists():
        time.sleep(LOOK_AGAIN)


django.setup()
arm()
