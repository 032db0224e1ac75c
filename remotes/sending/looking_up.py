"""Looks an action whose outcome nobody knows up upstream, by its label, ever more seldom for three days.

Two look-ups that prove its absence (absence.py), far enough apart, end it, or have a harmless type sent again. Whatever
ended it without its id upstream, the truth is looked for until the three days are over.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from fleets.audit.entries import SYSTEM
from fleets.models import UpstreamFleet
from fleets.storage import clock, seen
from gateways.interface import GatewayError, Listing
from protocol import statuses
from protocol.canonical import ActionReport
from protocol.why import Why
from remotes import audit
from remotes.gate import gate, gateway_health
from remotes.life.adoption import adopt_orphans
from remotes.life.asked_again import AskedAgain
from remotes.life.endings import end_by_us, record_report
from remotes.life.late_truth import age_of, is_given_up, look_on
from remotes.life.unseen import is_unseen, latest_sending
from remotes.models import BulkCommand, BulkItem, RemoteAction, RemoteEvent
from remotes.sending.absence import LEAST_LAG, Evidence, Proof, is_prompt, judge, lag_seen
from remotes.timeouts import BETWEEN_LOOK_UPS, first_poll, next_look_up, scaled
from remotes.words import codes

State = RemoteAction.State
BulkState = BulkCommand.State

# Of our own actions in the list, so many of the newest are looked for in it.
KNOWN = 20


def upstream_of(action: RemoteAction) -> UpstreamFleet:
    return UpstreamFleet.objects.get(fleet_id=action.fleet_id, gateway_id=action.gateway_id)


def look_up(action: RemoteAction) -> None:
    """Look for an action of unknown outcome, and do what follows."""
    asked, listing = _listing(action)
    if listing is None:
        asked.keep()
        _look_again(action)
    elif listing.found is None:
        _not_there(action, listing, asked)
    else:
        asked.keep(listing.found.remote_action_id)
        now = clock.now()
        if action.absent_since is not None and action.sent_at is not None:
            gateway_health.learn_lag(action.gateway_id, now - action.sent_at)
        unknown = RemoteAction.objects.filter(pk=action.pk, state=State.UNKNOWN)
        accepted = {"state": State.ACCEPTED, "accepted_at": action.sent_at, "why": None}
        _found(action, unknown, listing.found, due_at=now + first_poll(action.gateway), **accepted)


def look_up_ended(action: RemoteAction) -> None:
    """Look for one that has ended while nobody knew its outcome: a late truth corrects that."""
    asked, listing = _listing(action)
    found = listing.found if listing is not None else None
    asked.keep(found.remote_action_id if found is not None else "")
    ended = RemoteAction.objects.filter(pk=action.pk, state=State.DONE, upstream_id=None)
    if found is not None:
        _found(action, ended, found, due_at=None)
    elif not is_given_up(action):
        ended.update(due_at=clock.now() + next_look_up(age_of(action)))
    else:
        with transaction.atomic():
            if ended.update(due_at=None):
                audit.given_up(action)


def end_unknown(action: RemoteAction, code: str) -> None:
    """End it as not known to have been carried out, if it still stands as it was read."""
    with _still(action) as locked:
        if locked is not None:
            end_by_us(locked, Why(code), statuses.GENERAL_ERROR)
            look_on(locked)


def _call_off(action: RemoteAction) -> None:
    """It was surely not sent, and the bulk command that it is of was stopped meanwhile."""
    with _still(action) as locked:
        if locked is not None:
            why = Why(codes.CANCELLED_BECAUSE, who=SYSTEM.name, why=Why(codes.BULK_STOPPED))
            end_by_us(locked, why, statuses.GENERAL_ERROR, State.CANCELLED)


@contextmanager
def _still(action: RemoteAction) -> Iterator[RemoteAction | None]:
    """The action, locked meanwhile; None where it does not stand as it was read any more."""
    with transaction.atomic():
        yield RemoteAction.objects.select_for_update().filter(pk=action.pk, state=action.state).first()


def _listing(action: RemoteAction) -> tuple[AskedAgain, Listing | None]:
    """What was asked, to be kept with what follows from it, and the list; None where there is none."""
    asked = AskedAgain(action, audit.LOOK_UP)
    client = gate.client(action.gateway, asked.observe)
    place = (upstream_of(action).upstream_id, action.vehicle.upstream_id, action.upstream_callback_id)
    try:
        return asked, client.find_action(*place, action.upstream_label)
    except GatewayError:
        return asked, None


def _found(action: RemoteAction, still: QuerySet[RemoteAction], report: ActionReport, **values: object) -> None:
    """Note what it was found as, with these values, if it still stands as it was looked up."""
    with transaction.atomic():
        if still.update(upstream_id=report.remote_action_id, **values):
            action.refresh_from_db()
            adopt_orphans(action)
            record_report(action.pk, report)


def _not_there(action: RemoteAction, listing: Listing, asked: AskedAgain) -> None:
    now = clock.now()
    told = _told_of(action)
    evidence = _evidence(action, listing, now, told is not None)
    _learn(action.gateway_id, evidence)
    proof = judge(evidence)
    asked.keep(f"{proof} again" if action.absent_since else str(proof))
    between = scaled(BETWEEN_LOOK_UPS)
    if proof is Proof.UNPROVED:
        _look_again(action, evidence.sent_at + evidence.lag, absent_since=None, **_said(told))
    elif action.absent_since is None:
        _look_again(action, now + between, absent_since=now)
    elif now - action.absent_since < between:
        _look_again(action, action.absent_since + between)
    elif proof is Proof.NOT_LISTED:
        end_unknown(action, codes.UNSEEN_NOT_LISTED if is_unseen(action) else codes.NOT_LISTED)
    elif not _may_go(action, now):
        end_unknown(action, codes.NO_TRACE)
    elif _is_called_off(action):
        _call_off(action)
    else:
        RemoteAction.objects.filter(pk=action.pk, state=State.UNKNOWN).update(
            state=State.QUEUED, due_at=now, not_before=None, absent_since=None, **_never_sent(action)
        )


def _may_go(action: RemoteAction, now: datetime) -> bool:
    """Whether a machine sends what was surely not accepted.

    What was never sent as far as anybody knows waits as it did before, whatever its type; dispatch sees to its time.
    """
    return is_unseen(action) or (action.type.resend and now < action.expires_at)


def _is_called_off(action: RemoteAction) -> bool:
    """Stopping a bulk command cancels what waits; this one did not wait then."""
    stopped = BulkItem.objects.filter(action=action, bulk__state__in=(BulkState.STOPPED, BulkState.ABORTED))
    return action.origin == RemoteAction.Origin.BULK and stopped.exists()


def _never_sent(action: RemoteAction) -> dict[str, None]:
    return {"sent_at": None} if is_unseen(action) else {}


def _evidence(action: RemoteAction, listing: Listing, now: datetime, was_notified: bool) -> Evidence:
    ours = RemoteAction.objects.filter(
        vehicle_id=action.vehicle_id,
        gateway_id=action.gateway_id,
        upstream_callback_id=action.upstream_callback_id,
        accepted_at__isnull=False,
    )
    newest = ours.order_by("-id").values_list("upstream_id", "accepted_at")[:KNOWN]
    return Evidence(
        listing=listing,
        known={name: at for name, at in newest if name and at},
        sent_at=latest_sending(action.sent_at or action.created_at, action.created_at, seen.since()),
        asked_at=now,
        lag=max(scaled(LEAST_LAG), 2 * _known_lag(action.gateway_id)),
        was_notified=was_notified,
        has_strangers=_has_strangers(action.gateway_id, listing),
    )


def _has_strangers(gateway_id: int, listing: Listing) -> bool:
    """Whether the list shows what is none of our actions, as far as their ids are known."""
    ours = RemoteAction.objects.filter(gateway_id=gateway_id, upstream_id__in=listing.ids)
    return ours.count() < len(listing.ids)


def _learn(gateway_id: int, evidence: Evidence) -> None:
    gateway_health.learn_lag(gateway_id, lag_seen(evidence))
    if is_prompt(evidence, _known_lag(gateway_id)):
        gateway_health.unlearn_lag(gateway_id)


def _known_lag(gateway_id: int) -> timedelta:
    return timedelta(seconds=gateway_health.reading(gateway_id).health.list_lag)


def _told_of(action: RemoteAction) -> RemoteEvent | None:
    """The newest notification that is of no action here, and may well be of this one; v1's name no vehicle."""
    orphans = RemoteEvent.objects.filter(action=None, gateway_id=action.gateway_id, vin__in=(action.vehicle.vin, ""))
    since = orphans.filter(received_at__gte=action.sent_at or action.created_at)
    return since.filter(remote_type=action.type.v3.type_name).order_by("-received_at").first()


def _said(told: RemoteEvent | None) -> dict[str, Why]:
    if told is None or not told.vin:
        return {}
    done = told.status in statuses.CARRIED_OUT
    return {"why": Why(codes.PROBABLY_DONE if done else codes.PROBABLY_TAKEN)}


def _look_again(action: RemoteAction, at: datetime | None = None, **values: object) -> None:
    """At the latest at `at`, if that is still to come."""
    now = clock.now()
    if is_given_up(action):
        end_unknown(action, codes.NEVER_KNOWN)
        return
    due_at = now + next_look_up(age_of(action))
    if at is not None and at > now:
        due_at = min(due_at, at)
    RemoteAction.objects.filter(pk=action.pk, state=State.UNKNOWN).update(due_at=due_at, **values)
