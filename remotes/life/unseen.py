"""What may have been sent in seconds that the database has lost: it is looked for upstream before it is sent.

By its rows such an action waits or is being sent, but in what is lost it may have come further. So it gets an unknown
outcome, and goes the way of all such (remotes/sending/looking_up.py).
"""

from datetime import datetime, timedelta

from django.db.models import Case, OuterRef, Subquery, Value, When
from django.db.models.functions import Coalesce

from fleets.models import UpstreamFleet, Vehicle
from protocol.why import Why
from remotes.gate.line import URGENT_TYPES
from remotes.models import UNSENT_STATES, RemoteAction
from remotes.words import codes

State = RemoteAction.State

_CONCERNED = (*UNSENT_STATES, State.SENDING, State.UNKNOWN)


def look_for_all(since: datetime) -> int:
    """Have every action looked for that may have been sent before `since` unseen, urgent ones first; gives how many."""
    concerned = RemoteAction.objects.filter(state__in=_CONCERNED)
    vehicles = Vehicle.objects.filter(pk__in=concerned.values("vehicle_id")).order_by("pk")
    # Nobody chooses or claims one meanwhile.
    list(vehicles.select_for_update(no_key=True).values_list("pk", flat=True))
    is_urgent = When(remote_type__in=URGENT_TYPES, then=Value(since - timedelta(seconds=1)))
    again = {
        "state": State.UNKNOWN,
        "claim_id": None,
        "lease_until": None,
        "absent_since": None,
        "due_at": Case(is_urgent, default=Value(since)),
    }
    of_place = UpstreamFleet.objects.filter(fleet=OuterRef("fleet"), gateway=OuterRef("gateway"))
    callback_id = Coalesce(Subquery(of_place.values("callback_id")[:1]), Value(""))
    unseen = {**again, "sent_at": since, "why": Why(codes.UNSEEN), "upstream_callback_id": callback_id}
    found = concerned.filter(state=State.UNKNOWN).update(**again)
    being_sent = concerned.filter(state=State.SENDING).exclude(upstream_callback_id="")
    found += being_sent.update(**again | {"why": Why(codes.WORKER_STOPPED)})
    # By its row one without a callback can't have been sent; that it got one may be lost as well.
    return found + concerned.filter(state__in=(*UNSENT_STATES, State.SENDING)).update(**unseen)


def is_unseen(action: RemoteAction) -> bool:
    """Whether it was never sent, as far as anybody knows, and is looked for all the same."""
    return action.why is not None and action.why.code == codes.UNSEEN


def latest_sending(sent_at: datetime, created_at: datetime, nothing_lost_since: datetime | None) -> datetime:
    """When an action may have been sent at the latest: what is older than a loss may have been sent until then."""
    if nothing_lost_since is None or created_at >= nothing_lost_since:
        return sent_at
    return max(sent_at, nothing_lost_since)
