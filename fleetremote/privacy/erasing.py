"""Erases a person or a vehicle: one transaction, and once more over the audit for what was written meanwhile.

What somebody must be able to account for stays under a pseudonym: that a remote action was asked for, checked, sent and
has ended, and when. The audit's chain stays whole (fleets/audit/erasing.py).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.apps import apps
from django.contrib.auth.models import User
from django.db import transaction

from fleetremote.privacy import people, vehicles
from fleetremote.privacy.catalogue import PERSONAL
from fleetremote.privacy.reasons import why_not_car, why_not_person
from fleetremote.privacy.remains import left_of
from fleetremote.privacy.subjects import AUDIT, Person, Subject
from fleets.audit.doer import command_line, unrecorded
from fleets.audit.entries import About
from fleets.audit.erasing import Erasure, erase
from fleets.models import Vehicle
from fleets.privacy.names import Renaming

# How FleetRemote comes into an account at the manufacturer's: whosever name it is, without it nothing works.
_OF_ACCOUNTS = frozenset(
    {
        *("base_url", "client_id", "username", "certificate", "ca_bundle", "token_url", "scopes"),
        *("found_fleets", "wanted_fleets"),
    }
)


class Refused(Exception):
    """Something is in the way; each of `reasons` says what to do."""

    def __init__(self, reasons: list[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = reasons


class _OnlyTried(Exception):
    """Nothing is to be kept of what was done."""


@dataclass
class Done:
    """How many rows of which table were erased or renamed, by the table's label."""

    pseudonym: str
    rows: dict[str, int] = field(default_factory=dict)

    def add(self, table: str, count: int) -> None:
        if count:
            self.rows[table] = self.rows.get(table, 0) + count


def try_out(subject: Subject, *, though_listed: bool = False) -> Done:
    """What `erase_all` would do: it is done, counted, and taken back. Raises Refused."""
    done = Done(subject.pseudonym)
    try:
        with transaction.atomic():
            _erase(subject, done, "", though_listed)
            raise _OnlyTried
    except _OnlyTried:
        return done


def erase_all(subject: Subject, reason: str = "", *, though_listed: bool = False) -> Done:
    """Erase it; `reason` stands in the audit, without names. Raises Refused where something is in the way."""
    done = Done(subject.pseudonym)
    with transaction.atomic():
        _erase(subject, done, reason, though_listed)
    # A request that had begun before may have written an entry since.
    done.add(AUDIT, _erase_audit(subject, reason))
    return done


def _erase(subject: Subject, done: Done, reason: str, though_listed: bool) -> None:
    # Nothing is asked for in between: an action needs the vehicle's lock, or the person's row to stand in it.
    with unrecorded():
        if isinstance(subject, Person):
            User.objects.select_for_update().get(pk=subject.user.pk)
            _refuse(why_not_person(subject))
            people.erase(subject, done.add)
        else:
            Vehicle.objects.select_for_update().get(pk=subject.vehicle.pk)
            _refuse(why_not_car(subject, though_listed=though_listed))
            vehicles.erase(subject, done.add)
        _rename(subject.renaming, done.add)
        done.add(AUDIT, _erase_audit(subject, reason))


def _refuse(reasons: list[str]) -> None:
    if reasons:
        raise Refused(reasons)


def _rename(renaming: Renaming, add: Callable[[str, int], None]) -> None:
    """In texts of any table that may name it, but for accounts of others and for the audit, which is sealed."""
    for table in PERSONAL:
        if table.model not in (AUDIT, "auth.User", "sessions.Session"):
            but = _OF_ACCOUNTS if table.model == "connections.Connection" else ()
            add(table.model, renaming.sweep(apps.get_model(table.model), but))
    for label in ("remotes.ScheduleRun", "connections.ConnectionStep", "callbacks.Attempt"):
        add(label, renaming.sweep(apps.get_model(label)))


def _erase_audit(subject: Subject, reason: str) -> int:
    by = command_line("privacy")
    what = "a person" if isinstance(subject, Person) else "a vehicle"
    # Not by its id, since that is what the entry would be found by.
    about = subject.about if isinstance(subject, Person) else About(subject.about.subject, subject.about.fleet_id)
    erasure = Erasure(f"{what}: {subject.pseudonym}", about, by.actor, by.origin, subject.renaming.text(reason))
    return erase(erasure, subject.entries, left_of(subject))
