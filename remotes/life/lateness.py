"""When an action that is under way is late for its type: by then others of its kind have long ended.

The cloud tells of a vehicle that can't be reached after 130 seconds at the latest, and FleetRemote asks by itself after
150 (remotes/timeouts.py), so that whatever has no end twice as long after needs you's eyes, though it may yet end.
"""

from datetime import datetime, timedelta

from django.db.models import Q

from protocol.catalogue import REMOTE_TYPES, RemoteType
from remotes.models import RemoteAction
from remotes.timeouts import scaled

State = RemoteAction.State

URGENT, OTHERS = timedelta(minutes=5), timedelta(minutes=15)
"""Since it was asked for, or approved: of what is urgent (locks, immobiliser, theft, finding), and of comfort."""
UNDER_WAY = (State.QUEUED, State.SENDING, State.ACCEPTED)

_URGENT_TYPES = [name for name, entry in REMOTE_TYPES.items() if entry.urgent]
_OTHER_TYPES = [name for name, entry in REMOTE_TYPES.items() if not entry.urgent]
# It waits for that by wish.
_WAITS_FOR_WAKING = Q(state=State.QUEUED, when_awake=True)


def late_after(remote_type: RemoteType) -> timedelta:
    """How long an action of this type may take before it is late; a wait for a vehicle."""
    return scaled(URGENT if remote_type.urgent else OTHERS)


def late_at(action: RemoteAction) -> datetime | None:
    """From when on the action is late; None for one that is not under way, or waits for a waking by wish."""
    if action.state not in UNDER_WAY or (action.state == State.QUEUED and action.when_awake):
        return None
    if action.remote_type not in REMOTE_TYPES:
        return None
    return (action.approved_at or action.created_at) + late_after(action.type)


def is_late(now: datetime) -> Q:
    """The same of many: those that are late now."""
    urgent = Q(remote_type__in=_URGENT_TYPES) & _since(now - scaled(URGENT))
    others = Q(remote_type__in=_OTHER_TYPES) & _since(now - scaled(OTHERS))
    return Q(state__in=UNDER_WAY) & ~_WAITS_FOR_WAKING & (urgent | others)


def _since(moment: datetime) -> Q:
    return Q(approved_at__lte=moment) | Q(approved_at__isnull=True, created_at__lte=moment)
