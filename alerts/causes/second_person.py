"""Alerts about what waits for a second person, and about what was sent without one.

They are raised and cleared by what the rows say, in a task that is woken at once; the sweep finds what was lost on the
way.
"""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from celery import current_app
from django.contrib.auth.models import User
from django.db.models import CharField, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Cast, Now
from django.utils import timezone
from django.utils.translation import override

from alerts.raising import clear_alert, raise_alert
from fleets import proposals
from fleets.models import Proposal
from fleets.storage import clock
from fleets.storage.redis import best_effort
from remotes.asking import told
from remotes.asking.ask import rules_of
from remotes.models import Alert, RemoteAction, Review
from remotes.words.describe import counted, describe

Kind, State, Outcome = Alert.Kind, RemoteAction.State, Proposal.Outcome

LATELY = timedelta(hours=1)

TELL = "alerts.tasks.tell_second_person"

# Alerts are kept and mailed in English, whoever's request raises them.
_STORED = override("en")


def listen() -> None:
    """For `apps.py`."""
    for signal in (told.wanted, told.decided, told.glass_broken, told.review_closed, proposals.changed):
        signal.connect(_wake, dispatch_uid="alerts.second_person")


def _wake(**_: Any) -> None:
    best_effort(lambda: current_app.send_task(TELL))


@_STORED
def look() -> None:
    """Raise what nobody was told of, and clear what is decided."""
    _look_at_actions()
    _look_at_changes()
    _look_at_reviews()


def _look_at_actions() -> None:
    rows = RemoteAction.objects.filter(state=State.WAITING_APPROVAL, expires_at__gt=Now())
    for action in _untold(rows, Kind.APPROVAL_WANTED).select_related("vehicle", "user", "api_client"):
        raise_alert(Kind.APPROVAL_WANTED, action.fleet_id, action.public_id, _wanted(action), action=action, once=True)
    decided = _open(Kind.APPROVAL_WANTED).exclude(action__state=State.WAITING_APPROVAL)
    for alert in decided.select_related("action__approved_by", "action__review__by", "action__vehicle"):
        assert alert.action is not None
        clear_alert(Kind.APPROVAL_WANTED, alert.fleet_id, alert.key, _decided(alert.action))


def _look_at_changes() -> None:
    # Others hear of those too that two people have decided before anybody was told.
    rows = Proposal.objects.filter(Q(outcome=Outcome.OPEN) | Q(decided_at__gt=Now() - LATELY))
    for proposal in _untold(rows, Kind.CHANGE_WANTED).select_related("asked_by", "fleet"):
        raise_alert(Kind.CHANGE_WANTED, proposal.fleet_id, proposal.public_id, _change(proposal), once=True)
    keys = _open(Kind.CHANGE_WANTED).values("key")
    decided = Proposal.objects.filter(public_id__in=keys).exclude(outcome=Outcome.OPEN)
    for proposal in decided.select_related("decided_by"):
        clear_alert(Kind.CHANGE_WANTED, proposal.fleet_id, proposal.public_id, _outcome(proposal))


def _look_at_reviews() -> None:
    rows = _untold(Review.objects.filter(closed_at__isnull=True), Kind.SENT_ALONE)
    for review in rows.select_related("action__vehicle", "by"):
        raise_alert(Kind.SENT_ALONE, review.fleet_id, review.public_id, _alone(review), action=review.action, once=True)
    closed = Review.objects.filter(public_id__in=_open(Kind.SENT_ALONE).values("key"), closed_at__isnull=False)
    for review in closed.select_related("closed_by"):
        words = _said(f"{_name(review.closed_by)} has looked into it", review.note)
        clear_alert(Kind.SENT_ALONE, review.fleet_id, review.public_id, words)


def _untold(rows: QuerySet[Any], kind: Alert.Kind) -> QuerySet[Any]:
    """Those without such an alert, open or not."""
    key = Cast(OuterRef("public_id"), CharField())
    return rows.filter(~Exists(Alert.objects.filter(kind=kind, key=key)))


def _open(kind: Alert.Kind) -> QuerySet[Alert]:
    return Alert.objects.filter(kind=kind, cleared_at__isnull=True)


def _wanted(action: RemoteAction) -> str:
    left = max(action.expires_at - clock.now(), timedelta())
    minutes = counted(-(-int(left.total_seconds()) // 60), "minute")
    until = f"{timezone.localtime(action.expires_at, _clocks(action.fleet_id)):%H:%M %Z}"
    asked = _said(f"{_asker(action)} has asked for it", action.reason)
    waits = f"{_what(action)} waits for a second person until {until} ({minutes})."
    return f"{waits} {asked} It is sent only once another person has approved it."


def _clocks(fleet_id: int | None) -> ZoneInfo | None:
    """Those of the fleet; None, which is the server's, of what is about none."""
    return rules_of(fleet_id).zone if fleet_id else None


def _decided(action: RemoteAction) -> str:
    if action.approved_by is not None:
        return f"{_name(action.approved_by)} has approved {_what(action)}."
    review = Review.objects.filter(action=action).select_related("by").first()
    if review is not None:
        return f"{_name(review.by)} has sent {_what(action)} without a second person."
    if action.state in (State.CANCELLED, State.EXPIRED):
        return f"{_what(action)} is not sent. {action.detail}".strip()
    return f"{_what(action)} waits for nobody any more. {action.detail}".strip()


def _change(proposal: Proposal) -> str:
    until = f"{timezone.localtime(proposal.ends_at, _clocks(proposal.fleet_id)):%Y-%m-%d %H:%M %Z}"
    asked = _said(f"{_name(proposal.asked_by)} has asked for it", proposal.reason)
    return f"{proposals.describe(proposal)} {asked} Nothing changes unless another person approves it by {until}."


def _outcome(proposal: Proposal) -> str:
    who = _name(proposal.decided_by)
    what = {
        Outcome.APPROVED: f"{who} has approved it; it holds from now on",
        Outcome.REFUSED: f"{who} has refused it",
        Outcome.WITHDRAWN: f"{who} has taken it back",
    }.get(Outcome(proposal.outcome), "It came to nothing")
    why = f" {proposal.why}" if proposal.why else ""
    return f"{proposals.describe(proposal)} {_said(what, proposal.note)}{why}"


def _alone(review: Review) -> str:
    said = _said(f"{_name(review.by)} has sent {_what(review.action)} without a second person", review.reason)
    return f"{said} Another manager must look into it."


def _said(what: str, words: str) -> str:
    """As one sentence, whatever lines somebody has written."""
    line = " ".join(words.split())
    return f"{what}: “{line}”." if line else f"{what}."


def _asker(action: RemoteAction) -> str:
    if action.api_client is None:
        return _name(action.user)
    owner = action.api_client.owner
    return f"The service “{action.api_client}”" + (f" of {_name(owner)}" if owner else "")


def _what(action: RemoteAction) -> str:
    return f"“{describe(action.type, action.payload)}” for {action.vehicle}"


def _name(user: User | None) -> str:
    return (user.get_full_name() or user.get_username()) if user is not None else "Somebody"
