"""A delivery worker that kills itself with SIGKILL at an exact moment: `celery -A tests.faults.crash.victim worker`.

An order is an empty file, its name begins with the moment, in the folder CRASH_ORDERS; the worker that comes to the
moment first takes it away and dies. CRASH_LEASE shortens the lease of deliveries, in seconds.
"""

import os
import signal
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import Any

import django

from fleetremote.celery import app
from tests.faults.crash.plan import POINTS

__all__ = ["app"]

BEFORE_POST, AFTER_2XX, BEFORE_COMMIT, FORMING = POINTS


def arm() -> None:
    """Put the moments into the delivery's own functions."""
    from callbacks.delivery import drain, results, turns

    replace(drain, "post", deadly_post)
    replace(results, "write", deadly_write)
    replace(turns, "form", deadly_form)
    if lease := os.environ.get("CRASH_LEASE"):
        replace(turns, "LEASE", lambda _: float(lease))
        replace(drain, "LEASE", lambda _: float(lease))


def replace(module: ModuleType, name: str, make: Callable[[Any], Any]) -> None:
    """`make` gets what was there; AttributeError when it has moved elsewhere."""
    setattr(module, name, make(getattr(module, name)))


def die_if_ordered(moment: str) -> None:
    for order in Path(os.environ["CRASH_ORDERS"]).glob(f"{moment}*"):
        # Another worker may be quicker.
        with suppress(FileNotFoundError):
            order.unlink()
            os.kill(os.getpid(), signal.SIGKILL)


def deadly_post(post: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    async def deadly(*given: Any) -> Any:
        die_if_ordered(BEFORE_POST)
        answer = await post(*given)
        if answer.succeeded:
            die_if_ordered(AFTER_2XX)
        return answer

    return deadly


def deadly_write(write: Callable[[Sequence[Any]], None]) -> Callable[[Sequence[Any]], None]:
    from django.db import transaction

    def deadly(results: Sequence[Any]) -> None:
        with transaction.atomic():
            write(results)
            if any(result.delivered_at for result in results):
                die_if_ordered(BEFORE_COMMIT)

    return deadly


def deadly_form(form: Callable[..., Any]) -> Callable[..., Any]:
    def deadly(*given: Any, **more_given: Any) -> Any:
        formed, more = form(*given, **more_given)
        if formed:
            die_if_ordered(FORMING)
        return formed, more

    return deadly


django.setup()
arm()
