"""Holds what FleetRemote shows of each cell's action against what its vehicle did."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from tests.faults.matrix.plan import Cell

DONE = ("Success", "AlreadyDone")


@dataclass(frozen=True)
class Outcome:
    """What came of a cell's action.

    `executed`: how often the vehicle really did it. `late`: how often it came in at the cloud after its time to live.
    `state`, `status` and `cause` are what the API shows. `harmed`: the harm found the worker at the exact moment.
    `denied`: how often it was said meanwhile that it was not carried out, though it was. `left_open`: how often it was
    ended meanwhile with the words that this proves nothing.
    """

    cell: Cell
    executed: int
    late: int
    state: str
    status: str
    cause: str
    detail: str
    harmed: bool
    denied: int = 0
    left_open: int = 0

    @property
    def is_unknown(self) -> bool:
        """Whether it is honestly shown that nobody knows."""
        return self.state == "unknown" and not self.status

    @property
    def is_true(self) -> bool:
        """Whether what is shown is what the vehicle did."""
        return self.status == "Failed" if self.executed == 0 else self.status in DONE

    @property
    def broken(self) -> list[str]:
        """The promises that were not kept."""
        found = {
            "executed more than once": self.executed > 1,
            "sent after its time to live": self.late > 0,
            "shown outcome is not the vehicle's": not (self.is_true or self.is_unknown),
            "said not to be carried out, and was": self.denied > 0,
            "the harm missed its moment": not self.harmed,
        }
        return [words for words, is_so in found.items() if is_so]

    @property
    def in_words(self) -> str:
        """How often the vehicle did it, and what is shown."""
        shown = "unknown" if self.is_unknown else self.status or self.state
        return f"{self.executed} × {shown}"


def in_words(outcomes: Sequence[Outcome], seconds: float) -> str:
    """All cells in a sentence."""
    return (
        f"{len(outcomes)} cells in {seconds:.0f} s: {sum(o.executed == 1 for o in outcomes)} executed once, "
        f"{sum(o.executed > 1 for o in outcomes)} more than once, {sum(o.late for o in outcomes)} sent late, "
        f"{sum(o.denied for o in outcomes)} denied, {sum(o.is_true for o in outcomes)} shown as they were, "
        f"{sum(o.is_unknown for o in outcomes)} unknown"
    )


def read_outcomes(text: str) -> tuple[list[Outcome], float]:
    """The outcomes that tests.faults.matrix.run has printed, and how many seconds they took."""
    told = json.loads(text)
    return [Outcome(**{**outcome, "cell": Cell(**outcome["cell"])}) for outcome in told["outcomes"]], told["seconds"]
