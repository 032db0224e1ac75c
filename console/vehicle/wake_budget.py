"""A vehicle's wake-ups as its page tells them: the budget of the month, and whether it is awake."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from fleets.models import Vehicle
from fleets.words.numbers import Tone, Word
from remotes.checks.wake_ledger import AWAKE, Budget, budget, heard_at
from remotes.models import FleetRules
from remotes.timeouts import scaled


@dataclass(frozen=True)
class Waking:
    """`word` says whether the vehicle is awake as far as we know; it was heard of last at `heard_at`."""

    budget: Budget
    word: Word
    heard_at: datetime | None

    @property
    def is_awake(self) -> bool:
        return self.word.tone == Tone.GOOD

    @property
    def free_until(self) -> int:
        """Up to how many wake-ups of the month any action may spend one."""
        return max((self.budget.limit or 0) - self.budget.reserve, 0)

    @property
    def tone(self) -> Tone:
        if self.budget.reserve_reached:
            return Tone.BAD
        return Tone.WARN if self.budget.runs_out else Tone.PLAIN


def waking_of(vehicle: Vehicle, rules: FleetRules, now: datetime) -> Waking:
    """Three queries."""
    heard = heard_at(vehicle)
    return Waking(budget(vehicle, now, rules), _word(heard, now), heard)


def _word(heard: datetime | None, now: datetime) -> Word:
    if heard is None:
        return Word(_("Not known whether awake"), Tone.PLAIN, _("No command is known to have reached it."))
    if now - heard < scaled(AWAKE):
        return Word(_("Awake"), Tone.GOOD, _("What is sent now spends no wake-up."))
    return Word(_("Asleep, it seems"), Tone.PLAIN, _("What is sent now may wake it up."))
