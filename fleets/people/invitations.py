"""Invitations: a link by e-mail, good for a week and once, by which somebody gets a role.

The token has 256 random bits, so one SHA-256 is enough to keep it. Whoever has invited must still be allowed to give
what they promised when it is accepted.
"""

import hashlib
import secrets
from collections.abc import Callable, Collection
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from fleets.access import lasting
from fleets.audit.doer import Doer, doing
from fleets.audit.entries import About, Origin, person, record_operation
from fleets.models import Fleet, Invitation, Membership
from fleets.people import codes
from fleets.people.approving import giving
from fleets.people.changing import put
from fleets.people.giving import Grant, grant_of, why_not_give
from fleets.rights import ADMIN
from fleets.storage import clock
from protocol.why import SaysWhy, Why

LIFE = timedelta(days=7)
KEPT = timedelta(days=30)
"""After its end, in which one sees what became of it."""

INVITED, SENT_AGAIN, WITHDREW = "invited somebody", "sent an invitation again", "withdrew an invitation"
ACCEPTED = "accepted an invitation"


class NotInvited(SaysWhy):
    """Nothing was done about the invitation."""


def hash_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def open_ones() -> QuerySet[Invitation]:
    """Those that can be accepted, as far as time goes; what was for fleets that are gone is for nothing."""
    rows = Invitation.objects.filter(accepted_at=None, withdrawn_at=None, expires_at__gt=clock.now())
    return rows.filter(Q(role=ADMIN) | Exists(Fleet.objects.filter(invitations=OuterRef("pk"))))


def why_not_invite(by: User, fleets: Collection[Fleet], grant: Grant) -> Why | None:
    """Why the person can't invite anybody to this; None where they can. Without fleets it is for admins."""
    if not fleets:
        return why_not_give(by, None, grant)
    return next((why for fleet in fleets if (why := why_not_give(by, fleet, grant)) is not None), None)


@transaction.atomic
def invite(by: User, email: str, fleets: Collection[Fleet], grant: Grant, language: str) -> tuple[Invitation, str]:
    """The invitation, and the token for its link, which nobody can read again. Raises NotInvited."""
    why = why_not_invite(by, fleets, grant) or _why_member(email, fleets)
    if why is not None:
        raise NotInvited(why)
    token = secrets.token_urlsafe(32)
    row = Invitation.objects.create(
        **grant.values,
        narrowed=grant.narrowed,
        narrowed_filter=None if grant.narrowed_filter is None else dict(grant.narrowed_filter),
        digest=hash_of(token),
        email=email,
        language=language,
        invited_by=by,
        expires_at=clock.now() + LIFE,
    )
    row.fleets.set(fleets)
    row.vehicles.set(grant.vehicles)
    _record(row, INVITED, by)
    return row, token


def renew(row: Invitation, by: User) -> str:
    """A new token, in place of the one before, for another week. Raises NotInvited.

    Whoever has invited stays the one who gives: else they could confirm somebody whom they have brought in.
    """
    with transaction.atomic():
        now = Invitation.objects.select_for_update(of=("self",)).select_related("invited_by").get(pk=row.pk)
        fleets, grant = list(now.fleets.all()), grant_of(now)
        why = why_not_invite(by, fleets, grant) or why_not_invite(now.invited_by, fleets, grant)
        if why is None and (now.accepted_at or now.withdrawn_at):
            why = Why(codes.IS_GONE)
        if why is not None:
            raise NotInvited(why)
        token = secrets.token_urlsafe(32)
        now.digest, now.expires_at, now.mailed_at = hash_of(token), clock.now() + LIFE, None
        now.save(update_fields=["digest", "expires_at", "mailed_at"])
        _record(now, SENT_AGAIN, by)
    return token


def withdraw(row: Invitation, by: User) -> None:
    """Its link is worth nothing from now on. Raises NotInvited where it was accepted meanwhile."""
    with transaction.atomic():
        now = Invitation.objects.select_for_update().get(pk=row.pk)
        if now.accepted_at is not None:
            raise NotInvited(Why(codes.IS_GONE))
        if now.withdrawn_at is None:
            now.withdrawn_at = clock.now()
            now.save(update_fields=["withdrawn_at"])
            _record(now, WITHDREW, by)


def mailed(row: Invitation) -> None:
    """The mail server has taken its mail."""
    Invitation.objects.filter(pk=row.pk, digest=row.digest).update(mailed_at=clock.now())


def find_open(digest: str) -> Invitation | None:
    """The invitation with this digest, where it can be accepted still."""
    return open_ones().select_related("invited_by").filter(digest=digest).first()


def accept(digest: str, make: Callable[[], User]) -> User:
    """Give the person whom `make` saves, or finds, what was promised. Raises NotInvited, and nobody was made then.

    Of two at once the second one finds the link used, or the account made where there were two to one mailbox. What an
    account has in a fleet already is left as it is.
    """
    with transaction.atomic():
        email = Invitation.objects.filter(digest=digest).values_list("email", flat=True).first() or ""
        rows = Invitation.objects.filter(email__iexact=email)
        locked = rows.select_for_update(of=("self",)).select_related("invited_by").order_by("pk")
        found = next((row for row in locked if row.digest == digest), None)
        if found is None or found.accepted_at or found.withdrawn_at or found.expires_at <= clock.now():
            raise NotInvited(Why(codes.LINK_OVER))
        # Whoever changes people of these fleets waits: what the inviter may give now they may give until the end.
        fleets = list(found.fleets.select_for_update(of=("self",), no_key=True).order_by("pk"))
        grant = grant_of(found, with_vehicles=True)
        if why_not_invite(found.invited_by, fleets, grant) is not None:
            raise NotInvited(Why(codes.INVITER_GONE))
        user = make()
        with doing(lambda: Doer(person(user), Origin.PAGE)), giving(found.invited_by_id):
            _give(user, fleets, grant)
            found.accepted_at, found.accepted_by = clock.now(), user
            found.save(update_fields=["accepted_at", "accepted_by"])
            _record(found, ACCEPTED, user)
    return user


def _give(user: User, fleets: Collection[Fleet], grant: Grant) -> None:
    if user.is_superuser:
        return
    if grant.role == ADMIN:
        user.is_superuser = user.is_staff = True
        user.save(update_fields=["is_superuser", "is_staff"])
        return
    for fleet in fleets:
        row = Membership.objects.filter(user=user, fleet=fleet).first() or Membership(user=user, fleet=fleet)
        if row.pk is None or (row.ends_at is not None and row.ends_at <= clock.now()):
            for name, value in grant.values.items():
                setattr(row, name, value)
            put(row, grant)


def _why_member(email: str, fleets: Collection[Fleet]) -> Why | None:
    found = lasting().select_related("user", "fleet").filter(fleet__in=fleets, user__email__iexact=email).first()
    if found is None:
        return None
    return Why(codes.IS_MEMBER, person=found.user.get_username(), fleet=found.fleet.name)


def _record(row: Invitation, what: str, by: User) -> None:
    """In each fleet's audit, or in that of all; the e-mail address is told nowhere."""
    document = {"invitation": row.public_id, "role": row.role, "invited_by": row.invited_by.get_username()}
    keys: list[int | None] = [*row.fleets.values_list("pk", flat=True)]
    for fleet_id in keys or [None]:
        about = About(f"invitation {row.public_id}", fleet_id)
        record_operation(about, what, actor=person(by), origin=Origin.PAGE, reason="", document=document)


def forget_old() -> None:
    """Delete what was over a month ago."""
    before = clock.now() - KEPT
    over = Q(expires_at__lt=before) | Q(accepted_at__lt=before) | Q(withdrawn_at__lt=before)
    Invitation.objects.filter(over).delete()
