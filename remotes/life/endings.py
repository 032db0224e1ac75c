"""How an action comes to its end or a step further other than by a notification: refused, expired, read by polling.

What happens here is notified like any other event, and goes into the outbox in the same transaction.
"""

from datetime import datetime

from django.db import transaction

from fleets.storage import clock
from protocol import statuses
from protocol.canonical import ActionReport, type_of_status
from protocol.why import Why
from remotes import audit
from remotes.checks import wake_ledger
from remotes.life import ends
from remotes.life.fan_out import fan_out
from remotes.life.lifecycle import Fact, Stage, fact, fold
from remotes.models import RemoteAction, RemoteEvent

State = RemoteAction.State


@transaction.atomic(savepoint=False)
def end_by_us(
    action: RemoteAction,
    why: Why,
    cause: str | None = statuses.GENERAL_ERROR,
    state: State = State.DONE,
    status: str = statuses.FAILED,
) -> None:
    """End an action that upstream does not end: `Failed` with a cause of the protocol, and why.

    Another final `status`, without a cause, is for what a person has found out.

    A final event of upstream's that comes later still corrects it.
    """
    now = clock.now()
    event = RemoteEvent.objects.create(
        action=action,
        gateway_id=action.gateway_id,
        source=RemoteEvent.Source.FLEETREMOTE,
        upstream_action_id=f"fleetremote-{action.public_id}",
        remote_type=action.type.v3.type_name,
        type=statuses.DONE,
        status=status,
        failure_cause=cause,
        event_date=now,
        received_at=now,
        stage=Stage.ENDED_BY_US,
        effective_at=now,
        rank=0,
        why=why,
    )
    action.set(
        state=state,
        status=status,
        status_stage=Stage.ENDED_BY_US,
        status_at=now,
        status_rank=0,
        failure_cause=cause,
        why=why,
        finished_at=now,
        due_at=None,
        claim_id=None,
        lease_until=None,
    )
    fan_out(action, [event])
    audit.ended(action)
    ends.tell(action)


def record_report(action_id: int, report: ActionReport) -> bool:
    """Keep what polling has read, unless it has been notified already. True when the action has ended."""
    with transaction.atomic():
        action = RemoteAction.objects.select_for_update().get(pk=action_id)
        if report.status and not _told_before(action, report):
            _create_polled(action, report, report.status, clock.now())
        refold(action)
    return not action.is_open


def _told_before(action: RemoteAction, report: ActionReport) -> bool:
    return action.events.filter(status=report.status, failure_cause=report.failure_cause).exists()


def _create_polled(action: RemoteAction, report: ActionReport, status: str, now: datetime) -> None:
    event_type = type_of_status(status)
    known = fact(event_type, status, now)
    event, is_new = RemoteEvent.objects.get_or_create(
        gateway_id=action.gateway_id,
        upstream_action_id=report.remote_action_id,
        type=event_type,
        status=status,
        failure_cause=report.failure_cause,
        event_date=None,
        defaults={
            "action": action,
            "source": RemoteEvent.Source.POLL,
            "remote_type": action.type.v3.type_name,
            "feedback_detail": report.feedback_detail,
            "received_at": now,
            "stage": known.stage,
            "effective_at": now,
            "rank": known.rank,
        },
    )
    if is_new:
        wake_ledger.record(action, [event])
        fan_out(action, [event])


def refold(action: RemoteAction) -> None:
    """Bring the action's status to what all its events say. The caller holds the row's lock."""
    greatest = fold(_fact_of(event) for event in action.events.all())
    if greatest is None:
        return
    values: dict[str, object] = {
        "status": greatest.status,
        "status_stage": greatest.stage,
        "status_at": greatest.at,
        "status_rank": greatest.rank,
        "failure_cause": greatest.failure_cause,
        "feedback_detail": greatest.feedback_detail,
    }
    if greatest.stage == Stage.DONE:
        values |= {"state": State.DONE, "why": None, "due_at": None, "claim_id": None, "lease_until": None}
        values["finished_at"] = action.finished_at or clock.now()
    action.set(**values)
    ends.tell(action)


def _fact_of(event: RemoteEvent) -> Fact:
    return Fact(
        Stage(event.stage),
        event.effective_at,
        event.rank,
        event.status,
        event.failure_cause,
        event.feedback_detail,
    )
