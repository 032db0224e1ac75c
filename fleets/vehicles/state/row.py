"""One value of a vehicle's state as people read it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from typing import Any

from django.utils.formats import date_format

Json = Any


@dataclass(frozen=True)
class StateRow:
    """What it is, what it says, and when the vehicle said so (None: nobody knows). `level`: per cent.

    `note`: what must be known to read it, such as that the vehicle contradicts itself.
    """

    key: str
    title: str
    text: str
    at: datetime | None = None
    tone: str = ""
    level: float | None = None
    note: str = ""


@dataclass(frozen=True)
class Told:
    """A vehicle's state, and what is needed to read it: Vehicle.motorization, and the zone of the fleet's clocks."""

    state: Json
    motorization: str = ""
    zone: tzinfo = field(default=UTC)

    def time(self, at: datetime) -> str:
        """A moment by the fleet's clocks."""
        return date_format(at.astimezone(self.zone), "DATETIME_FORMAT")


Reader = Callable[[Told], Iterator[StateRow]]
