"""How the actions of a fleet that ended in the last 24 hours have ended, and why some of them failed."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Case, TextField, Value, When

from fleets.models import Fleet
from remotes.counts.conditions import CONDITIONS, LATELY, OUTCOME, REASON, Standing, is_left, reason_words
from remotes.counts.counting import Number, select_all
from remotes.models import RemoteAction
from remotes.words.causes import literal_of

# Rows that are looked at, along an index: those that ended last.
ROWS = 10_000

# The order of the bar and of the figures beside it.
ENDED = (Standing.SUCCEEDED, Standing.FAILED, Standing.CANCELLED, Standing.OTHER)


@dataclass(frozen=True)
class Part:
    """Actions that stand in one way. `x` and `width` are per cent of the bar of what has ended."""

    outcome: Standing
    number: Number
    x: float = 0.0
    width: float = 0.0


@dataclass(frozen=True)
class Cause:
    """Actions that failed for one reason. `share` is per cent of the most frequent one."""

    reason: str
    literal: str
    words: str
    number: Number
    share: float


@dataclass
class Tally:
    """What has ended by outcome, the newest ROWS at the most, and failures by reason; `left_over` were left so."""

    ended: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, int] = field(default_factory=dict)
    left_over: int = 0

    @property
    def is_cut(self) -> bool:
        """Whether more have ended in the last 24 hours than were looked at."""
        return sum(self.ended.values()) >= ROWS

    @property
    def total(self) -> Number:
        return Number(sum(self.ended.values()), self.is_cut)

    @property
    def left(self) -> Number:
        return Number(self.left_over, self.is_cut and self.left_over > 0)

    def number(self, outcome: Standing) -> Number:
        return Number(self.ended.get(outcome, 0))

    @property
    def parts(self) -> list[Part]:
        """What has ended, as a bar; ways that nobody ended in are left out but for the usual three."""
        parts, x, whole = [], 0.0, sum(self.ended.values()) or 1
        for outcome in ENDED:
            number = self.number(outcome)
            width = 100 * number.value / whole
            if number or outcome != Standing.OTHER:
                parts.append(Part(outcome, number, round(x, 2), round(width, 2)))
            x += width
        return parts

    @property
    def causes(self) -> list[Cause]:
        """The most frequent first."""
        ordered = sorted(self.reasons.items(), key=lambda item: (-item[1], item[0]))
        most = ordered[0][1] if ordered else 1
        return [
            Cause(reason, literal_of(reason), reason_words(reason), Number(number), round(100 * number / most, 2))
            for reason, number in ordered
        ]


def tally_of(fleet: Fleet, now: datetime) -> Tally:
    """One statement."""
    failed = CONDITIONS[Standing.FAILED]
    lately = RemoteAction.objects.filter(fleet=fleet, finished_at__gte=now - LATELY).order_by("-finished_at")
    because = Case(When(failed, then=REASON), default=Value(""), output_field=TextField())
    columns = {"outcome": OUTCOME, "because": because, "left": is_left()}
    return _read(select_all(_GROUPED, {"ended": lately.annotate(**columns).values_list(*columns)[:ROWS]}))


def _read(rows: Iterable[tuple[str, str, str, int, int]]) -> Tally:
    tally = Tally()
    for _, outcome, reason, number, left in rows:
        tally.ended[outcome] = tally.ended.get(outcome, 0) + number
        if reason:
            tally.reasons[reason] = number
        tally.left_over += left
    return tally


_GROUPED = """
SELECT %s, outcome, reason, count(*), count(*) FILTER (WHERE is_left)
FROM ({}) AS found (outcome, reason, is_left) GROUP BY 2, 3
"""
