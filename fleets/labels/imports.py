"""A file on its way: checked, shown, and made true once somebody says yes to what was shown."""

from collections.abc import Collection
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction

from fleets.access import fleets_where
from fleets.audit.entries import Origin, person
from fleets.labels.applying import ChangedMeanwhile, apply
from fleets.labels.comparing import compare
from fleets.labels.lines import Fault, change_of, fault_of, line_of
from fleets.labels.reading import read
from fleets.models import Fleet, LabelImport
from fleets.rights import Right
from fleets.storage import clock
from protocol.storable import storable_text

# Kept so long, also when nobody says yes.
AGE = timedelta(days=7)


def check(fleet: Fleet, user: User, file_name: str, data: bytes) -> LabelImport:
    """Read the file and compare it with the fleet; nothing is changed."""
    file, now = read(data), clock.now()
    row = LabelImport(
        fleet=fleet,
        user=user,
        file_name=storable_text(file_name)[:200],
        lines=[line.document() for line in file.lines],
        notes=[note.document() for note in file.notes],
        created_at=now,
        checks=0,
    )
    _compare(row, user, file.faults)
    return row


def make(row: LabelImport, shown: int, user: User) -> bool:
    """Make the changes of the check with the number `shown`; whether they are made now or were already.

    Where they are not: something has changed since they were shown, and the row says what would change now.
    """
    with transaction.atomic():
        locked = LabelImport.objects.select_for_update().get(pk=row.pk)
        if locked.done_at is not None:
            return True
        if locked.checks != shown or locked.errors:
            return False
        try:
            changes = [change_of(document) for document in locked.changes]
            apply(changes, locked.file_name, actor=person(user), origin=Origin.PAGE)
        except ChangedMeanwhile:
            _compare(locked, user, ())
            return False
        locked.done_at = clock.now()
        locked.user = user
        locked.save(update_fields=["done_at", "user"])
        return True


def forget_old() -> None:
    """Files that nobody needs to see any more; the audit keeps what was changed."""
    LabelImport.objects.filter(created_at__lt=clock.now() - AGE).delete()


def _compare(row: LabelImport, user: User, faults: Collection[Fault]) -> None:
    seen = set(fleets_where(user, Right.LOOK_ALL).values_list("pk", flat=True))
    compared = compare([line_of(document) for document in row.lines], row.fleet_id, seen)
    found = sorted([*faults, *compared.faults], key=lambda fault: fault.line)
    row.errors = [fault.document() for fault in found]
    row.changes = [change.document() for change in compared.changes]
    row.unchanged = compared.unchanged
    row.checks += 1
    row.checked_at = clock.now()
    row.save()


def faults_of(row: LabelImport) -> list[Fault]:
    return [fault_of(document) for document in row.errors]
