"""What the cloud has received and the vehicles have done, against what is shown."""

import json
from dataclasses import dataclass

DONE = ("Success", "AlreadyDone")


@dataclass(frozen=True)
class Outcome:
    """One action in the end.

    `accepted`: how often the cloud took it, `before` of these until PostgreSQL was killed; `executed`: how often its
    vehicle did it. `is_lost`: its row is. `state` and `status` are what the API shows, `code` why.
    """

    type: str
    accepted: int
    before: int
    executed: int
    is_lost: bool = False
    state: str = ""
    status: str = ""
    code: str = ""

    @property
    def broken(self) -> list[str]:
        """The promises that were not kept."""
        found = {
            "sent twice": self.accepted > 1,
            "executed twice": self.executed > 1,
            "not known in the end": not self.is_lost and self.status not in (*DONE, "Failed"),
            "executed, and shown as failed": not self.is_lost and self.status == "Failed" and self.executed > 0,
            "shown as done, and never sent": self.status in DONE and self.accepted == 0,
        }
        return [words for words, is_so in found.items() if is_so]


@dataclass(frozen=True)
class Report:
    """`under_way`: sendings that had begun and not ended when PostgreSQL was killed. `flagged`: actions looked for."""

    outcomes: list[Outcome]
    under_way: int
    flagged: int
    seconds: float

    @property
    def known_again(self) -> list[Outcome]:
        """Those that were at the cloud already, though their rows of then say that they wait."""
        return [one for one in self.outcomes if one.before == 1 and not one.is_lost]

    @property
    def in_words(self) -> str:
        each = self.outcomes
        at_loss = f"{sum(one.before for one in each)} at the cloud and {self.under_way} under way at the loss"
        counts = {
            "rows lost": sum(one.is_lost for one in each),
            "looked for": self.flagged,
            "known again": len(self.known_again),
            "sent after it": sum(one.accepted - one.before for one in each),
            "executed": sum(one.executed for one in each),
            "executed twice": sum(one.executed > 1 for one in each),
            "sent twice": sum(one.accepted > 1 for one in each),
        }
        told = ", ".join(f"{count} {words}" for words, count in counts.items())
        return f"{len(each)} actions in {self.seconds:.0f} s, {at_loss}, {told}"


def read_report(text: str) -> Report:
    """What tests.faults.restored.run has printed."""
    told = json.loads(text)
    return Report(**{**told, "outcomes": [Outcome(**one) for one in told["outcomes"]]})
