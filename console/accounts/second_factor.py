"""Who has a second factor, who must have one, and whether it was shown in this session.

A session remembers what was shown in it (django-allauth's records of authentication). Setting a factor up counts as
having shown one, so that nobody is asked for it at once; but not as fresh: what is asked again is asked.
"""

import time
from typing import Any

from allauth.account.internal.flows.login import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
    record_authentication,
)
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import urlencode

from console.sign_on.people import has_account
from fleets.access import lasting
from fleets.rights import ADMIN

Type = Authenticator.Type

FRESH = 300
"""Seconds for which what was shown counts as shown just now."""

PROVIDER = "provider"
"""The type of a factor that the provider of single sign-on has asked for (settings.OIDC_SECOND_FACTOR)."""

ENROLLED = "enrolled"
"""Marks the record of a factor that was set up, not shown."""

Person = User | AnonymousUser


def has_second_factor(user: Person) -> bool:
    """Whether they have set one up: an app or a passkey. Recovery codes alone are none."""
    return _factors().filter(user_id=user.pk or 0).exists()


def people_with_factor() -> QuerySet[Any]:
    """The primary keys of people who have one, for lists."""
    return _factors().values("user_id")


def must_have(user: Person) -> bool:
    """Whether one of their roles, in whatever fleet, is one of settings.SECOND_FACTOR_ROLES.

    Whoever comes into the administration counts as an admin.
    """
    roles = set(settings.SECOND_FACTOR_ROLES)
    if not roles or not user.is_authenticated:
        return False
    if ADMIN in roles and (user.is_superuser or user.is_staff):
        return True
    return lasting().filter(user_id=user.pk, role__in=roles).exists()


def has_shown(request: HttpRequest) -> bool:
    """Whether a second factor was shown or set up in this session."""
    return any(record.get("method") == "mfa" for record in _records(request))


def is_fresh(request: HttpRequest) -> bool:
    """Whether a second factor was shown in this session within the last 5 minutes."""
    return any(
        record.get("method") == "mfa" and not record.get(ENROLLED) and _is_recent(record)
        for record in _records(request)
    )


def may_change(request: HttpRequest) -> bool:
    """Whether it is surely the person who changes their factors: who has one has shown it (or set it up) within the
    last 5 minutes, and who has none their password, or that they can log in where they always do.
    """
    needs_factor = has_second_factor(request.user)
    return any(_is_recent(each) and (each["method"] == "mfa" or not needs_factor) for each in _records(request))


def ask_again(request: HttpRequest, next_url: str) -> HttpResponse:
    """To the page that asks for the second factor, and then on to `next_url`, an address of ours.

    Who has none sets one up first.
    """
    by_provider = settings.OIDC_SECOND_FACTOR and has_account(request.user)
    return _to("ask-again" if by_provider or has_second_factor(request.user) else "second-factor", next_url)


def ask_who(request: HttpRequest, next_url: str) -> HttpResponse:
    """The same where the password does for who has no factor: until `may_change` says yes."""
    return _to("ask-again", next_url)


def enrolled(request: HttpRequest, factor: Authenticator) -> None:
    """Note that the person has just set it up in this session."""
    record_authentication(request, factor.user, "mfa", id=factor.pk, type=factor.type, **{ENROLLED: True})


def forget(request: HttpRequest, factor: Authenticator) -> None:
    """What was shown of this factor in this session counts no more."""
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        record for record in _records(request) if record.get("id") != factor.pk
    ]


def _to(page: str, next_url: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse(page)}?{urlencode({'next': next_url})}", status=303)


def _factors() -> QuerySet[Authenticator]:
    return Authenticator.objects.filter(type__in=[Type.TOTP, Type.WEBAUTHN])  # type: ignore[no-any-return]


def _records(request: HttpRequest) -> list[dict[str, Any]]:
    user = request.user
    return get_authentication_records(request, user) if user.is_authenticated else []


def _is_recent(record: dict[str, Any]) -> bool:
    return bool(0 <= time.time() - record["at"] < FRESH)
