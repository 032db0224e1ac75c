"""E-mails to people about what they may do here, in their language: invited, changed, removed, locked out."""

from collections.abc import Callable
from concurrent.futures import TimeoutError as TooSlow

from django.conf import settings
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import get_current_timezone_name, localtime
from django.utils.translation import gettext as _

from alerts.places import url_of
from console.accounts.letters import write
from console.people.words import narrowed_words, role_name, what_for
from fleets.models import Fleet, Invitation, Membership
from fleets.people.giving import Grant, grant_of
from fleets.people.invitations import mailed

Words = Callable[[], str]

# Seconds in which the mail server's answer to an invitation is waited for; the page then says how it went.
PATIENCE = 12.0


def language_of(user: User) -> str:
    """The one in which they were invited, else the usual one: nothing else is known of it outside of their browser."""
    rows = Invitation.objects.filter(accepted_by=user).order_by("-accepted_at").values_list("language", flat=True)
    return rows.first() or settings.LANGUAGE_CODE


def called(user: User) -> str:
    """The name for others, with the one to log in with."""
    full_name = user.get_full_name()
    return f"{full_name} ({user.get_username()})" if full_name else user.get_username()


def write_invitation(row: Invitation, token: str) -> bool:
    """Whether the mail server has taken the mail with the link, which stands nowhere else."""
    with translation.override(row.language):
        sent = write(
            row.email,
            _("You are invited"),
            _("%(name)s invites you to FleetRemote, by which vehicles are commanded from afar.")
            % {"name": called(row.invited_by)},
            _what(what_for(row), grant_of(row), row.vehicles.count() or None),
            _("This link lets you in:"),
            url_of(reverse("invitation-link", args=[token])),
            _("It is good for a week, and once. If you do not know what this is about, leave it."),
        )
    try:
        is_sent = sent.result(timeout=PATIENCE)
    except TooSlow:
        return False
    if is_sent:
        mailed(row)
    return is_sent


def write_accepted(row: Invitation, user: User) -> None:
    """To whoever has invited: the link may have come to somebody else."""
    _tell(
        row.invited_by,
        lambda: _("Your invitation was accepted"),
        lambda: (
            _("%(name)s has accepted your invitation to %(email)s: %(what)s.")
            % {"name": called(user), "email": row.email, "what": what_for(row)}
        ),
        lambda: _("If that is not whom you meant, remove them at once."),
    )


def write_changed(member: Membership, by: User) -> None:
    _tell(
        member.user,
        lambda: _("You may do something else now"),
        lambda: _("%(name)s has changed what you may do.") % {"name": called(by)},
        lambda: _what(member.fleet.name, grant_of(member), member.vehicles.count() if member.narrowed else None),
    )


def write_removed(user: User, fleet: Fleet, by: User) -> None:
    _tell(
        user,
        lambda: _("You were removed from a fleet"),
        lambda: _("%(name)s has removed you from %(fleet)s.") % {"name": called(by), "fleet": fleet.name},
    )


def write_locked(user: User, is_active: bool, by: User) -> None:
    _tell(
        user,
        lambda: _("Your account is open again") if is_active else _("Your account is locked"),
        lambda: (
            (
                _("%(name)s has let “%(account)s” log in again.")
                if is_active
                else _("%(name)s lets “%(account)s” log in no more.")
            )
            % {"name": called(by), "account": user.get_username()}
        ),
    )


def write_admin(user: User, is_admin: bool, by: User) -> None:
    _tell(
        user,
        lambda: _("You are an admin now") if is_admin else _("You are no longer an admin"),
        lambda: (
            (
                _("%(name)s has made an admin of “%(account)s”, who may do everything in every fleet.")
                if is_admin
                else _("%(name)s has taken the rights of an admin from “%(account)s”.")
            )
            % {"name": called(by), "account": user.get_username()}
        ),
    )


def _tell(user: User, subject: Words, *paragraphs: Words) -> None:
    if user.email:
        with translation.override(language_of(user)):
            write(user.email, subject(), *(paragraph() for paragraph in paragraphs))


def _what(fleets: str, grant: Grant, vehicles: int | None) -> str:
    """The fleets, the role and what it is narrowed to, a line each."""
    head = _("%(fleets)s: %(role)s") % {"fleets": fleets, "role": role_name(grant.role)}
    lines = [head, *narrowed_words(grant, vehicles)]
    if grant.ends_at is not None:
        until, zone = date_format(localtime(grant.ends_at), "DATETIME_FORMAT"), get_current_timezone_name()
        lines.append(_("Until %(moment)s (%(zone)s)") % {"moment": until, "zone": zone})
    return "\n".join(lines)
