"""A Celery worker that is slow to send: `celery -A tests.faults.restored.victim worker`.

While the file RESTORED_HOLD is there each sending stands still before its request; else it takes RESTORED_PACE seconds
longer before it, and after its answer.
"""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
import requests

from fleetremote.celery import app
from gateways.bounded import Answer

__all__ = ["app"]

HOLD = Path(os.environ["RESTORED_HOLD"])
PACE = float(os.environ["RESTORED_PACE"])
LOOK_AGAIN = 0.01
"""Seconds."""


def arm() -> None:
    from gateways.v3 import V3Client

    V3Client._exchange = slow(V3Client._exchange)  # type: ignore[method-assign]


def slow(exchange: Callable[..., Answer]) -> Callable[..., Answer]:
    def slowly(client: Any, request: requests.PreparedRequest) -> Answer:
        if request.method != "POST" or not str(request.path_url).partition("?")[0].endswith("/remotes"):
            return exchange(client, request)
        while HOLD.exists():
            time.sleep(LOOK_AGAIN)
        time.sleep(PACE)
        answer = exchange(client, request)
        time.sleep(PACE)
        return answer

    return slowly


django.setup()
arm()
