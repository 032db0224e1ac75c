"""One thing that needs a person, as the overview says it."""

from dataclasses import dataclass
from datetime import datetime

from fleets.words.numbers import Tone
from remotes.counts.counting import Number


@dataclass(frozen=True)
class Need:
    """`words` follow the number where there is one: "3" and "actions failed"; else they are a sentence."""

    words: str
    more: str
    path: str
    tone: Tone
    number: Number | None = None
    since: datetime | None = None

    @property
    def sentence(self) -> str:
        return f"{self.number} {self.words}" if self.number is not None else self.words
