"""Takes over fleets and vehicles from upstream: new ones are made, gone ones marked, nothing is deleted.

All of a gateway is read first, then written in one transaction of a few set-based statements, however many vehicles
there are. Labels, plates and the names of fleets belong to people and stay. What can't be read marks nothing as gone.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import IntegrityError, connection

from fleets.models import Gateway
from fleets.storage import clock
from fleets.sync import codes, last_sync
from fleets.sync.reading import read
from fleets.sync.storing import SyncResult, store
from protocol.why import Why

logger = logging.getLogger(__name__)

# The first key of our advisory locks in PostgreSQL, by what is read; the second is the gateway's.
LISTS, STATES = 0x5F1EE7, 0x5F1EE8


def sync_all() -> Iterator[tuple[Gateway, SyncResult]]:
    """Sync every gateway, one after the other; what goes wrong with one is in its outcome and stops no other."""
    for gateway in Gateway.objects.order_by("name"):
        yield gateway, _sync(gateway)


def sync_one(gateway_id: int) -> None:
    """Sync one gateway; what goes wrong is in the log."""
    _sync(Gateway.objects.get(pk=gateway_id))


def _sync(gateway: Gateway) -> SyncResult:
    outcome = sync(gateway)
    for problem in outcome.told():
        logger.warning("Sync of %s: %s", gateway, problem)
    return outcome


def sync(gateway: Gateway) -> SyncResult:
    """Sync one gateway, unless another process is at it."""
    with alone(gateway) as is_alone:
        if not is_alone:
            return SyncResult(problems=[Why(codes.BUSY)])
        since = clock.now()
        last_sync.begin(gateway, since)
        reading = read(gateway, last_sync.Progress(gateway).tell)
        try:
            outcome = store(gateway, reading, since)
        except IntegrityError as error:
            # Somebody changed a vehicle meanwhile. Nothing is half done, and the next sync sees what is there then.
            logger.info("Sync of %s is rolled back: %s", gateway, error)
            outcome = SyncResult(problems=[*reading.problems, Why(codes.CHANGED_MEANWHILE)])
        last_sync.end(gateway, reading, outcome)
        return outcome


@contextmanager
def alone(gateway: Gateway, what: int = LISTS) -> Iterator[bool]:
    """Keep others from reading the same of the gateway in bulk meanwhile; gives False where another process is at it.

    The lock belongs to the connection, so it can't outlive this process, and no transaction is open during HTTP.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [what, gateway.pk])
        held = cursor.fetchone() == (True,)
    try:
        yield held
    finally:
        if held:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [what, gateway.pk])
