"""How a stage of a connection ends."""

from enum import Enum, auto


class End(Enum):
    """DONE: the next one may go. WAITS: it is looked at again soon. CHOICE: a person must choose first."""

    DONE = auto()
    FAILED = auto()
    WAITS = auto()
    CHOICE = auto()
