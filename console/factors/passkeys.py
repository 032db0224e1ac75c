"""Passkeys (WebAuthn) by django-allauth: what the browser is asked, and what it has answered.

A browser makes and shows them at https addresses and at localhost only, and never at an address that is a number.
"""

import logging
from ipaddress import ip_address
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.webauthn.internal import auth
from django.contrib.auth.models import User
from django.http import HttpRequest

logger = logging.getLogger(__name__)

LONGEST = 40_000
"""Characters of an answer: those of real keys have a few thousand at most."""


class NotRight(Exception):
    """The browser's answer is none to what was asked, or of another key."""


def are_possible(request: HttpRequest) -> bool:
    """Whether browsers have them at the address at which this page was asked for."""
    host = request.get_host().rsplit(":", 1)[0].strip("[]") if request.get_host() else ""
    try:
        ip_address(host)
    except ValueError:
        return request.is_secure() or host == "localhost" or host.endswith(".localhost")
    return False


def options_to_make(user: User) -> dict[str, Any]:
    """What the browser makes a key by; the challenge stands in the session until it is answered."""
    return auth.begin_registration(user, False)  # type: ignore[no-any-return]


def options_to_show(user: User) -> dict[str, Any]:
    """What the browser shows one of the person's keys by."""
    return auth.begin_authentication(user)  # type: ignore[no-any-return]


def check_made(credential: Any) -> None:
    """Raises NotRight where the key was not made by the options of this session."""
    try:
        auth.parse_registration_response(credential)
        auth.complete_registration(credential)
    # Anything may have been sent, and what reads it raises as many kinds.
    except Exception as error:
        raise _not_right(error) from error


def shown(user: User, credential: Any) -> Authenticator:
    """The person's key that was shown. Raises NotRight."""
    try:
        auth.parse_authentication_response(credential)
        return auth.complete_authentication(user, credential)
    except Exception as error:
        raise _not_right(error) from error


def has_some(user: User) -> bool:
    return bool(Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.WEBAUTHN).exists())


def _not_right(error: Exception) -> NotRight:
    logger.info("A passkey was not taken: %s", type(error).__name__)
    return NotRight()
