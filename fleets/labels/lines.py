"""What a file of labels and plates comes to, and what it would change: plain values, and the same in JSON."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from protocol.why import Why, read_why


@dataclass(frozen=True, slots=True)
class Line:
    """What line `number` wants for a vehicle. None: leave it alone; an empty text takes it away."""

    number: int
    vin: str
    label: str | None
    plate: str | None

    def document(self) -> list[Any]:
        return [self.number, self.vin, self.label, self.plate]


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a line can't be taken, or the file where `line` is 0."""

    line: int
    why: Why

    def document(self) -> list[Any]:
        return [self.line, self.why.document()]


@dataclass(frozen=True, slots=True)
class Change:
    """A vehicle that a line would change, as it is and as it would be; `vehicle_id` and `fleet_id` are primary keys."""

    line: int
    vehicle_id: int
    public_id: str
    fleet_id: int
    vin: str
    label_before: str
    label: str
    plate_before: str
    plate: str

    def document(self) -> list[Any]:
        return [getattr(self, name) for name in self.__slots__]


@dataclass
class File:
    """A file as it was read; `notes` say how."""

    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    notes: list[Why] = field(default_factory=list)


def line_of(document: Sequence[Any]) -> Line:
    return Line(*document)


def fault_of(document: Sequence[Any]) -> Fault:
    why = read_why(document[1])
    assert why is not None, document
    return Fault(document[0], why)


def change_of(document: Sequence[Any]) -> Change:
    return Change(*document)
