"""What was sent and ended without its id upstream is looked for still: a late truth corrects its end."""

from datetime import timedelta

from fleets.storage import clock
from remotes.models import RemoteAction
from remotes.timeouts import GIVE_UP, next_look_up


def look_on(action: RemoteAction) -> None:
    """Have an action that has just ended looked up (remotes/sending/looking_up.py) until three days are over."""
    can_be_found = action.upstream_id is None and action.upstream_callback_id
    if can_be_found and action.sent_at is not None and not is_given_up(action):
        action.set(due_at=clock.now() + next_look_up(age_of(action)))


def is_given_up(action: RemoteAction) -> bool:
    """Whether nothing more is to be expected of it from upstream."""
    return age_of(action) > GIVE_UP


def age_of(action: RemoteAction) -> timedelta:
    """How long ago it was sent."""
    return clock.now() - (action.sent_at or action.created_at)
