"""Keeps how a gateway's last sync goes, and what it came to, where a page can read it."""

import time
from datetime import datetime

from fleets.models import Gateway, LastSync
from fleets.storage import clock
from fleets.sync.reading import Reading
from fleets.sync.storing import SyncResult

# Seconds between two looks that a page could take.
EVERY = 2.0
# Problems that are kept; each fleet of a gateway may have one.
MOST_PROBLEMS = 200

_NUMBERS = ("new_fleets", "back_fleets", "gone_fleets", "new", "back", "gone", "changed")


class Progress:
    """Writes down how far a reading is, at times."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self._last = time.monotonic()

    def tell(self, reading: Reading) -> None:
        if time.monotonic() - self._last >= EVERY:
            self._last = time.monotonic()
            LastSync.objects.filter(gateway=self._gateway).update(**_read(reading))


def begin(gateway: Gateway, since: datetime) -> None:
    """Nothing of the sync before is left, but for what is left out."""
    LastSync(gateway=gateway, began_at=since).save()


def end(gateway: Gateway, reading: Reading, outcome: SyncResult) -> None:
    """What it came to; what could not be read is said, also where nothing was written."""
    LastSync.objects.filter(gateway=gateway).update(
        ended_at=clock.now(),
        left_out=len(outcome.left_out),
        problems=[why.document() for why in outcome.problems[:MOST_PROBLEMS]],
        **_read(reading),
        **{name: getattr(outcome, name) for name in _NUMBERS},
    )


def _read(reading: Reading) -> dict[str, int]:
    return {"fleets": len(reading.fleets), "fleets_read": reading.fleets_read, "vehicles": len(reading.vehicles)}
