"""What an open action waits for, until when, and what comes of it then: plain values, for whoever shows one."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from remotes.models import RemoteAction
from remotes.timeouts import GIVE_UP

State = RemoteAction.State


class Awaits(StrEnum):
    """What is waited for. What comes when it has not come in time:"""

    APPROVAL = "approval"
    """Somebody's approval; else it expires, and is never sent."""
    TURN = "turn"
    """Its turn to be sent; else it expires, and is never sent."""
    ANSWER = "answer"
    """The answer to what is being sent; else its outcome is unknown, and it is looked up."""
    END = "end"
    """What becomes of it, and the cloud is asked meanwhile; else it ends as failed, since nobody has told."""
    TRUTH = "truth"
    """Whether it was taken on, and it is looked up meanwhile; else it ends as failed, since nobody knows."""


@dataclass(frozen=True)
class Awaited:
    """`until` is the end of the wait; `asked_at` is when the cloud is asked about it next, where it is."""

    what: Awaits
    until: datetime
    asked_at: datetime | None = None


def awaited_of(action: RemoteAction) -> Awaited | None:
    """None for one that has ended. Times are those that remotes/sending/ goes by."""
    if action.state == State.WAITING_APPROVAL:
        return Awaited(Awaits.APPROVAL, action.expires_at)
    if action.state == State.QUEUED:
        return Awaited(Awaits.TURN, action.expires_at)
    if action.state == State.SENDING:
        return Awaited(Awaits.ANSWER, action.lease_until or action.expires_at)
    if action.state == State.ACCEPTED:
        return Awaited(Awaits.END, (action.accepted_at or action.created_at) + GIVE_UP, action.due_at)
    if action.state == State.UNKNOWN:
        return Awaited(Awaits.TRUTH, (action.sent_at or action.created_at) + GIVE_UP, action.due_at)
    return None
