"""Second factors are added, removed and taken away here, whichever page or command asks for it: written into the audit,
and told to their owner.
"""

from typing import Any

from allauth.mfa.base.internal.flows import delete_and_cleanup, post_authentication
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal import flows as code_flows
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.contrib.auth.models import User
from django.db import transaction
from django.http import HttpRequest

from console.accounts import second_factor
from console.accounts.sessions import end_sessions
from console.factors import told
from console.factors.forms import AppForm, forget_secret
from console.requests import PageRequest
from fleets.audit.changes import record_changed
from fleets.audit.doer import Doer, doer
from fleets.audit.entries import SYSTEM, About, Origin, person

ADDED, REMOVED, NEW_CODES = "added a second factor", "removed a second factor", "made new recovery codes"
CODE_USED, TAKEN = "used a recovery code", "took away the second factor of a person"

Type = Authenticator.Type


class NotNow(Exception):
    """Nothing was added: another request of the person came first."""


def add_app(request: PageRequest, form: AppForm) -> None:
    """The app of a form that is valid. Raises NotNow."""
    with transaction.atomic():
        user = _adding(request)
        if Authenticator.objects.filter(user=user, type=Type.TOTP).exists():
            raise NotNow
        factor = TOTP.activate(user, form.secret).instance
        # The code that was shown is used by now.
        factor.data["step"] = form.step
        factor.save(update_fields=["data"])
        _added(request, factor)
    forget_secret(request)
    told.added(user, str(factor.type))


def add_passkey(request: PageRequest, name: str, credential: Any) -> None:
    """A key that `passkeys.check_made` has let pass. Raises NotNow."""
    with transaction.atomic():
        user = _adding(request)
        factor = WebAuthn.add(user, name, credential).instance
        _added(request, factor)
    told.added(user, str(factor.type))


def remove(request: PageRequest, factor: Authenticator) -> None:
    """One of the person's own; with the last one their recovery codes go."""
    with transaction.atomic():
        kind = str(factor.type)
        second_factor.forget(request, factor)
        delete_and_cleanup(request, factor)
        _record(factor.user, REMOVED, kind)
    told.removed(factor.user, kind)


def new_codes(request: PageRequest) -> None:
    """In place of the former ones."""
    with transaction.atomic():
        code_flows.generate_recovery_codes(request)
        _record(request.user, NEW_CODES, str(Type.RECOVERY_CODES))
    told.new_codes(request.user)


def take_away(user: User) -> int:
    """All of them from somebody who can't show one any more; gives how many there were. Their sessions are ended by the
    caller.
    """
    with transaction.atomic():
        _locked(user.pk)
        number, _ = Authenticator.objects.filter(user_id=user.pk).delete()
        if number:
            _record(user, TAKEN, "")
    if number:
        told.taken_away(user)
    return int(number)


def is_last(factor: Authenticator) -> bool:
    """Whether the person has no other app or passkey."""
    others = Authenticator.objects.filter(user_id=factor.user_id, type__in=[Type.TOTP, Type.WEBAUTHN])
    return not others.exclude(pk=factor.pk).exists()


def used(request: HttpRequest, factor: Authenticator, *, again: bool) -> None:
    """It was shown: at a log-in, or once more."""
    post_authentication(request, factor, reauthenticated=again)
    if factor.type == Type.RECOVERY_CODES:
        left = len(factor.wrap().get_unused_codes())
        _record(factor.user, CODE_USED, str(factor.type), actor_is_owner=True)
        told.code_used(factor.user, left)


def _added(request: PageRequest, factor: Authenticator) -> None:
    """With the first one all other sessions end: none of them has shown it."""
    if is_last(factor):
        end_sessions(request.user, but=request.session.session_key)
    code_flows.auto_generate_recovery_codes(request)
    second_factor.enrolled(request, factor)
    _record(factor.user, ADDED, str(factor.type))


def _adding(request: PageRequest) -> User:
    """The person, if by now it is still surely them: another session may have set up the first factor meanwhile."""
    user = _locked(request.user.pk)
    if not second_factor.may_change(request):
        raise NotNow
    return user


def _locked(user_pk: int) -> User:
    """One at a time for each person."""
    return User.objects.select_for_update().get(pk=user_pk)


def _record(user: User, what: str, kind: str, *, actor_is_owner: bool = False) -> None:
    """By whoever is at work; somebody on their way in is not logged in yet."""
    who = doer() or Doer(SYSTEM, Origin.SYSTEM)
    actor = person(user) if actor_is_owner else who.actor
    document = {"of": "person", "name": user.get_username(), **({"factor": kind} if kind else {})}
    record_changed(About(f"person {user.pk}"), what, actor=actor, origin=who.origin, document=document)
