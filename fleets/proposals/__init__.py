"""Changes that need a second person: one proposes, another approves, and only then it takes effect.

Whoever has such a change makes its kind known (`on_approval`), and calls `propose` instead of making it.
"""

from fleets.proposals.deciding import approve, end_overdue, refuse, why_not, withdraw
from fleets.proposals.kinds import NotAllowed, changed, describe, on_approval
from fleets.proposals.proposing import open_of, propose, waiting_for

__all__ = [
    "NotAllowed",
    "approve",
    "changed",
    "describe",
    "end_overdue",
    "on_approval",
    "open_of",
    "propose",
    "refuse",
    "waiting_for",
    "why_not",
    "withdraw",
]
