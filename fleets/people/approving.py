"""Keeps the rows of those who approve (fleets/approvers.py) as roles come and go, by whichever door.

It listens to each change of a person and of a membership, and to each change of what people log in with. What is done
outside of requests (a command on the machine, a task of FleetRemote's own) makes approvers at once: whoever has the
machine has everything. A change that goes past the ORM's signals makes none, so that nobody approves by it.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Model, Q
from django.db.models.signals import post_delete, post_save, pre_delete, pre_save
from django.dispatch import Signal

from fleets.access import lasting
from fleets.approvers import current
from fleets.audit.doer import doer
from fleets.audit.entries import Origin
from fleets.models import Approver, Fleet, Membership
from fleets.rights import Right, roles_with
from fleets.storage import clock

unconfirmed = Signal()
"""Somebody has a role with which they approve once another has confirmed it; `row` (Approver). In its transaction."""

_FORMER = "_approving_former"
# What a person logs in with: whoever sets it for another may log in as them.
_LOGIN_FIELDS = ("password", "email")


@dataclass(frozen=True)
class _Giver:
    """A person (None: nobody who is known), or the machine itself."""

    user_id: int | None = None
    is_machine: bool = False


_giving: ContextVar[_Giver | None] = ContextVar("giver of roles", default=None)


@contextmanager
def giving(user_id: int | None) -> Iterator[None]:
    """Roles are given by this person in the block, whoever is at work; None: by somebody who is not known any more."""
    with _given_by(_Giver(user_id)):
        yield


@contextmanager
def by_the_machine() -> Iterator[None]:
    """Roles are given in the block by whoever has the machine, such as by a link that it has printed."""
    with _given_by(_Giver(is_machine=True)):
        yield


@contextmanager
def _given_by(giver: _Giver) -> Iterator[None]:
    token = _giving.set(giver)
    try:
        yield
    finally:
        _giving.reset(token)


def _giver() -> _Giver:
    given, who = _giving.get(), doer()
    if given is not None:
        return given
    if who is None or who.origin in (Origin.COMMAND, Origin.SYSTEM):
        return _Giver(is_machine=True)
    return _Giver(who.actor.user_id)


def confirm(row: Approver, by: User | None) -> None:
    """Their say counts from now on; `by` is None where it needs nobody. Nothing where it has ended or counts."""
    now = Approver.objects.select_for_update().filter(pk=row.pk, ended_at=None, confirmed_at=None).first()
    if now is not None:
        now.confirmed_by, now.confirmed_at = by, clock.now()
        now.save(update_fields=["confirmed_by", "confirmed_at"])


def give_anew(user: User, by: User | None) -> None:
    """End the person's rows, and make new ones that wait for a confirmation, as if `by` had given the roles just now.

    So it is once what the person logs in with was set by another, who may be at work under their name from now on.
    """
    with transaction.atomic(), giving(by.pk if by is not None else None):
        fleets = [row.fleet for row in current().select_related("fleet").filter(user=user)]
        _end(Q(user=user))
        narrowed = set(Membership.objects.filter(user=user, narrowed=True).values_list("fleet", flat=True))
        for fleet in fleets:
            _give(user, fleet, may_be_first=False, narrowed=fleet is not None and fleet.pk in narrowed)


def _end(which: Q) -> None:
    for row in current().filter(which):
        row.ended_at = clock.now()
        row.save(update_fields=["ended_at"])


def _give(user: User, fleet: Fleet | None, *, may_be_first: bool = True, narrowed: bool = False) -> None:
    """The person has such a role from now on: a row, where there is none.

    A `narrowed` one approves nothing, so that nobody is asked to confirm them; but they ask for what others approve,
    and who gave them the role may be the same person.
    """
    if current().filter(user=user, fleet=fleet).exists():
        return
    giver, now = _giver(), clock.now()
    if narrowed and giver.is_machine:
        return
    may_be_first = may_be_first and not narrowed
    at_once = giver.is_machine or (may_be_first and _is_first(giver.user_id, fleet))
    given_by = User.objects.filter(pk=giver.user_id).first() if giver.user_id is not None else None
    row = Approver(user=user, fleet=fleet, given_by=given_by, at=now, confirmed_at=now if at_once else None)
    row.save(force_insert=True)
    if not at_once and not narrowed:
        unconfirmed.send(Approver, row=row)


def _is_first(giver_id: int | None, fleet: Fleet | None) -> bool:
    """Whether an admin gives it where nobody but they has ever approved: else nobody could confirm the first one."""
    if giver_id is None or not User.objects.filter(pk=giver_id, is_superuser=True, is_active=True).exists():
        return False
    ever = Approver.objects.filter(confirmed_at__isnull=False).exclude(user=giver_id)
    return not (ever if fleet is None else ever.filter(Q(fleet=fleet) | Q(fleet=None))).exists()


def _has_role(row: Membership | None) -> bool:
    """Whether the membership is of a role with the right, now; narrowed, it gives all of it but this."""
    has_it = row is not None and row.role in roles_with(Right.APPROVE)
    return has_it and row is not None and (row.ends_at is None or row.ends_at > clock.now())


def _before_membership(sender: Any, instance: Membership, raw: bool = False, **_: Any) -> None:
    former = None if instance._state.adding else Membership.objects.filter(pk=instance.pk).first()
    vars(instance)[_FORMER] = former


def _membership_saved(sender: Any, instance: Membership, **_: Any) -> None:
    former: Membership | None = vars(instance).pop(_FORMER, None)
    is_same_place = former is not None and former.user_id == instance.user_id and former.fleet_id == instance.fleet_id
    is_no_more = former is not None and (instance.narrowed or not former.narrowed)
    if former is not None and not (is_same_place and is_no_more and _has_role(former) and _has_role(instance)):
        # Gone, or was not there (it had ended, was a lesser one): whoever gives it now gives it anew.
        _end(Q(user=former.user_id, fleet=former.fleet_id))
    if _has_role(instance):
        if former is None:
            _end(Q(user=instance.user_id, fleet=instance.fleet_id))
        _give(instance.user, instance.fleet, narrowed=instance.narrowed)


def _membership_gone(sender: Any, instance: Membership, **_: Any) -> None:
    _end(Q(user=instance.user_id, fleet=instance.fleet_id))


def _before_person(sender: Any, instance: User, update_fields: Any = None, **_: Any) -> None:
    told = {"is_superuser", "is_active", *_LOGIN_FIELDS}
    if instance._state.adding or (update_fields is not None and told.isdisjoint(update_fields)):
        vars(instance).pop(_FORMER, None)
        return
    vars(instance)[_FORMER] = User.objects.filter(pk=instance.pk).first()


def _person_saved(sender: Any, instance: User, created: bool, update_fields: Any = None, **_: Any) -> None:
    former: User | None = vars(instance).pop(_FORMER, None)
    if former is None and not created:
        return
    now = instance if update_fields is None else User.objects.get(pk=instance.pk)
    if now.is_superuser != (former is not None and former.is_superuser):
        _end(Q(user=now, fleet=None))
    is_back = former is not None and now.is_active and not former.is_active
    if former is not None and (is_back or any(getattr(now, name) != getattr(former, name) for name in _LOGIN_FIELDS)):
        _set_by_another(now.pk)
    if is_back:
        give_what_is_lacking(now)
    elif now.is_superuser and now.is_active:
        _give(now, None)


def give_what_is_lacking(user: User) -> None:
    """Rows for the roles that the person has: nobody had one while the account was locked, or before there were any."""
    for membership in lasting().select_related("fleet").filter(user=user):
        if _has_role(membership):
            _give(user, membership.fleet, narrowed=membership.narrowed)
    if user.is_superuser:
        _give(user, None)


def _person_goes(sender: Any, instance: User, **_: Any) -> None:
    _end(Q(user=instance))


def _set_by_another(user_id: int | None) -> None:
    """What the person logs in with has changed: not by themselves, who may be logged out yet (a link by mail)."""
    giver = _giver()
    if giver.is_machine or giver.user_id in (None, user_id):
        return
    person = User.objects.filter(pk=user_id).first() if user_id is not None else None
    if person is not None:
        give_anew(person, User.objects.filter(pk=giver.user_id).first())


def watch_log_in(model: type[Model], user_id: Callable[[Any], int | None]) -> None:
    """Rows of this model let people log in, such as keys of a second factor; `user_id` says whom. For `apps.py`."""

    def changed(sender: Any, instance: Model, **_: Any) -> None:
        _set_by_another(user_id(instance))

    for signal in (post_save, post_delete):
        signal.connect(changed, model, weak=False, dispatch_uid=f"approvers' {model.__name__}")


def listen() -> None:
    """For `apps.py`."""
    key = "keeps approvers"
    pre_save.connect(_before_membership, Membership, dispatch_uid=key)
    post_save.connect(_membership_saved, Membership, dispatch_uid=key)
    post_delete.connect(_membership_gone, Membership, dispatch_uid=key)
    pre_save.connect(_before_person, User, dispatch_uid=key)
    post_save.connect(_person_saved, User, dispatch_uid=key)
    pre_delete.connect(_person_goes, User, dispatch_uid=key)
