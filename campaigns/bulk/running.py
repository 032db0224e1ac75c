"""Brings bulk commands on: follows what was asked, asks the next vehicles, ends what is to end.

The rows are the truth. Whoever holds a bulk command's row brings it on; a vehicle's action is made in the transaction
that notes it, so that a worker that dies has asked nobody or noted whom.
"""

from datetime import datetime, timedelta

from celery.utils.log import get_logger
from django.db import connection, transaction
from django.db.models import Count, Max, Q

from campaigns.bulk.live import announce_bulk
from campaigns.bulk.planning import care_of
from campaigns.bulk.rules import MINUTE, SLICE, Counts, Halt, Step, Tempo, next_step
from campaigns.bulk.verdicts import Kind, looked_at, verdicts
from fleets.access import who_may, who_may_send
from fleets.audit.entries import SYSTEM, Actor, Origin, person
from fleets.models import Vehicle
from fleets.rights import Right
from fleets.storage import clock
from fleets.storage.sql import array
from protocol import statuses
from protocol.why import Why
from remotes.asking.ask import NotPossible, Wishes, request_action, rules_of
from remotes.asking.cancel import TooLate, cancel
from remotes.models import UNSENT_STATES, BulkCommand, BulkItem, RemoteAction
from remotes.timeouts import GIVE_UP
from remotes.words import codes

logger = get_logger(__name__)

State = BulkCommand.State
Item = BulkItem.State

# A vehicle that was off line tells soon after that it has done it; what comes later is followed by the hour.
_CORRECTED = timedelta(minutes=10)

# What an action can end with that has done what was asked.


def run_all() -> None:
    """Bring on each that was started and is not finished, one after the other."""
    live = BulkCommand.objects.filter(started_at__isnull=False, finished_at__isnull=True)
    for pk in live.order_by("pk").values_list("pk", flat=True):
        try:
            run(pk)
        except Exception:
            # The others go on, and this one is tried again by the next step.
            logger.exception("Bulk command %s could not be brought on", pk)
    follow(_ended_within(_CORRECTED))


def _ended_within(span: timedelta) -> list[int]:
    ended = BulkCommand.objects.filter(finished_at__gt=clock.now() - span)
    return list(ended.order_by("pk").values_list("pk", flat=True))


def run(bulk_id: int) -> None:
    """One step of one bulk command; nothing while another worker is at it."""
    now = clock.now()
    with transaction.atomic():
        rows = BulkCommand.objects.select_for_update(of=["self"], skip_locked=True).select_related("user")
        bulk = rows.filter(pk=bulk_id, started_at__isnull=False, finished_at__isnull=True).first()
        if bulk is None:
            return
        changed = follow([bulk.pk])
        counts, tempo = standing(bulk.pk, now)
        step = _step(bulk, counts, tempo, now)
        changed += _take(bulk, step, now)
    if bulk.state in (State.STOPPED, State.ABORTED) and not bulk.finished_at:
        cancel_unsent(bulk)
    # What is under way moves on by itself.
    if changed or counts.asked:
        announce_bulk(bulk.pk)


def standing(bulk_id: int, now: datetime) -> tuple[Counts, Tempo]:
    """How its vehicles stand, and how quickly they were asked: one statement."""
    lately = Count("pk", filter=Q(asked_at__gt=now - MINUTE))
    rows = BulkItem.objects.filter(bulk_id=bulk_id).exclude(state=Item.SKIPPED).order_by()
    found = list(rows.values_list("state").annotate(Count("pk"), lately=lately, last_at=Max("asked_at")))
    counts = Counts(**{state: number for state, number, _, _ in found})
    times = [at for *_, at in found if at is not None]
    return counts, Tempo(sum(number for _, _, number, _ in found), max(times, default=None))


def follow(bulk_ids: list[int], *, corrections: bool = False) -> int:
    """Bring the vehicles of these to what their actions say: one statement; gives how many have changed.

    Those that failed are looked at again, since upstream may say later that it was otherwise; with `corrections` all.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _FOLLOW, {"good": array(statuses.CARRIED_OUT), "bulks": array(bulk_ids), "corrections": corrections}
        )
        return int(cursor.rowcount)


def follow_corrections() -> None:
    """As long as upstream still corrects the end of an action, follow it."""
    for pk in _ended_within(GIVE_UP):
        follow([pk], corrections=True)


def cancel_unsent(bulk: BulkCommand) -> None:
    """Cancel what was asked for and not sent yet, a slice of it."""
    actor = person(bulk.stopped_by) if bulk.stopped_by else SYSTEM
    unsent = RemoteAction.objects.filter(bulk_item__bulk=bulk, bulk_item__state=Item.ASKED, state__in=UNSENT_STATES)
    for action in unsent.order_by("pk")[:SLICE]:
        _cancel(action, actor)


def _cancel(action: RemoteAction, actor: Actor) -> None:
    try:
        cancel(action, actor, Origin.BULK, Why(codes.BULK_STOPPED))
    except TooLate:
        return


def _step(bulk: BulkCommand, counts: Counts, tempo: Tempo, now: datetime) -> Step:
    step = next_step(State(bulk.state), counts, tempo, care_of(bulk), now)
    if step.start and not _may_ask(bulk):
        return Step(State.STOPPED, halt=Halt.RIGHTS)
    return step


def _may_ask(bulk: BulkCommand) -> bool:
    """Whoever asked for it must still be allowed to; to which vehicles, is looked at right before each is sent."""
    if bulk.user_id is None:
        return False
    who = who_may(bulk.fleet_id, Right.SEND_MANY) & who_may_send(bulk.fleet_id, bulk.remote_type)
    return who.filter(pk=bulk.user_id).exists()


def _take(bulk: BulkCommand, step: Step, now: datetime) -> int:
    """Do what was decided; gives how many vehicles have changed, and one for the bulk command itself."""
    changed = _ask(bulk, step.start, now) if step.start else 0
    values: dict[str, object] = {}
    if step.state != bulk.state:
        values["state"] = step.state
    if step.halt:
        values |= {"halt": step.halt, "halt_number": step.number, "halt_of": step.of}
        changed += leave_out_waiting(bulk)
    if step.is_finished:
        values["finished_at"] = now
    if values:
        bulk.set(**values)
    return changed + len(values)


def leave_out_waiting(bulk: BulkCommand) -> int:
    """Those that were not asked yet will not be; gives how many."""
    return bulk.items.filter(state=Item.WAITING).update(state=Item.CANCELLED)


def _ask(bulk: BulkCommand, number: int, now: datetime) -> int:
    """Ask the next vehicles; those that can't be asked any more are skipped. Gives how many have changed."""
    items = list(bulk.items.filter(state=Item.WAITING).order_by("place")[:number])
    rows = looked_at(Vehicle.objects.filter(pk__in=[item.vehicle_id for item in items]), bulk.remote)
    vehicles = {vehicle.pk: vehicle for vehicle in rows}
    found = verdicts(bulk.fleet_id, list(vehicles.values()), bulk.remote, rules_of(bulk.fleet_id), now)
    wishes = Wishes(
        time_to_live=bulk.time_to_live,
        reason=bulk.reason,
        origin=RemoteAction.Origin.BULK,
        touched=frozenset(bulk.touched_by),
    )
    for item in items:
        verdict = found[item.vehicle_id]
        if verdict.kind == Kind.SKIP:
            item.state, item.why = Item.SKIPPED, verdict.why
            continue
        try:
            action = request_action(vehicles[item.vehicle_id], bulk.remote, user=bulk.user, wishes=wishes)
        except NotPossible as error:
            item.state, item.why = Item.SKIPPED, error.why
        else:
            item.state, item.action, item.asked_at = Item.ASKED, action, now
    BulkItem.objects.bulk_update(items, ["state", "why", "action", "asked_at"])
    return len(items)


_FOLLOW = """
UPDATE remotes_bulkitem item
SET state = news.state
FROM (
    SELECT item.id, CASE
        WHEN action.state = 'cancelled' THEN 'cancelled'
        WHEN action.state = 'done' AND action.status = ANY(%(good)s::text[]) THEN 'succeeded'
        WHEN action.state IN ('done', 'expired') THEN 'failed'
        ELSE 'asked'
    END AS state
    FROM remotes_bulkitem item
    JOIN remotes_remoteaction action ON action.id = item.action_id
    WHERE item.bulk_id = ANY(%(bulks)s::bigint[]) AND (item.state IN ('asked', 'failed') OR %(corrections)s)
) news
WHERE item.id = news.id AND item.state <> news.state
"""
