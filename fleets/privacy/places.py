"""Forgets positions that are older than settings.POSITION_DAYS: in the states of vehicles, and in the audit."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import takewhile
from time import monotonic
from typing import Any

from django.db import transaction
from django.db.models import Case, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast

from fleets.audit.entries import About
from fleets.audit.erasing import Erasure, Left, erase, left_as_it_is
from fleets.models import AuditEntry, PlaceMark, Vehicle
from fleets.storage import clock
from fleets.storage.encryption import EncryptedJSONField
from fleets.storage.kept import positions_before
from protocol.canonical.places import body_without_places, without_places

# Rows a step. A run begins none after so many seconds, since the sweeps wait for it; the next run goes on.
SLICE = 5000
SECONDS = 5.0
# Rows an UPDATE.
AT_ONCE = 500

# What the text of a document must hold to hold a place. What is found so is read and looked at.
_MARKS = r"(?i)coordinates|position|geometry|waypoints|\"lat"

_ERASURE = Erasure("positions after POSITION_DAYS", About("positions"))


def forget() -> None:
    """States and audit. What another process does at the same time is done by one of them."""
    before = positions_before(clock.now())
    if before is None:
        return
    with transaction.atomic():
        # A state that is read still is as young as its last reading.
        forget_in_column(Vehicle.objects.filter(state_read_at__lt=before), "state")
    walk("audit", AuditEntry.objects.all(), ["at"], lambda at: at < before, _forget_in_audit)


def walk(
    name: str,
    rows: QuerySet[Any],
    columns: Sequence[str],
    is_due: Callable[..., bool],
    forget_in: Callable[[QuerySet[Any]], object],
) -> None:
    """Hand the rows that are due, as these columns of each say, to `forget_in`, in slices by ascending keys.

    It begins behind the rows that the last walk of this name has done, and ends with the slice in which one is not due
    yet: what comes later is younger.
    """
    until = monotonic() + SECONDS
    while monotonic() < until:
        with transaction.atomic():
            PlaceMark.objects.get_or_create(name=name)
            mark = PlaceMark.objects.select_for_update().get(name=name)
            found = list(rows.filter(pk__gt=mark.last).order_by("pk").values_list("pk", *columns)[:SLICE])
            due = [key for key, *values in found if is_due(*values)]
            if due:
                forget_in(rows.filter(pk__in=due))
            done = [key for key, *_ in takewhile(lambda row: is_due(*row[1:]), found)]
            mark.last = done[-1] if done else mark.last
            mark.save(update_fields=["last"])
        if len(done) < SLICE:
            return


def forget_in_column(rows: QuerySet[Any], column: str) -> int:
    """Take places out of a column in JSON of these rows, in the caller's transaction; gives how many had some."""
    field = rows.model._meta.get_field(column)
    if isinstance(field, EncryptedJSONField):
        marked = rows.exclude(**{column: {}})
    else:
        marked = rows.alias(as_text=Cast(column, TextField())).filter(as_text__regex=_MARKS)
    # Locked, so that what is written meanwhile is not overwritten with what was read before.
    locked = marked.order_by("pk").select_for_update(no_key=True).values_list("pk", column)
    found = {pk: left for pk, value in locked if (left := without_places(value)) != value}
    keys = list(found)
    for start in range(0, len(keys), AT_ONCE):
        some = keys[start : start + AT_ONCE]
        cases = [When(pk=pk, then=Value(found[pk], output_field=field)) for pk in some]
        rows.model._default_manager.filter(pk__in=some).update(**{column: Case(*cases, output_field=field)})
    return len(found)


def _forget_in_audit(entries: QuerySet[AuditEntry]) -> None:
    may_hold = entries.alias(as_text=Cast("document", TextField())).filter(
        Q(as_text__regex=_MARKS) | Q(body__isnull=False)
    )
    erase(_ERASURE, may_hold, _left)


def _left(entry: AuditEntry) -> Left:
    left = left_as_it_is(entry)
    body = None if left.body is None else body_without_places(left.body)
    return replace(left, document=without_places(left.document), body=body)
