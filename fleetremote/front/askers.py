"""Who asks, told from the head of a request alone, before its body is read."""

import asyncio
from collections.abc import Callable, Hashable
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module

from django.conf import settings
from django.contrib.auth import get_user
from django.db import DatabaseError, InterfaceError
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.request import Request

from api.oauth.authentication import BearerAuthentication
from api.rest.authentication import ApiClientAuthentication
from fleetremote.front.asgi_types import Scope
from fleetremote.front.refusals import Refused, no_room
from fleetremote.front.threads.environ import request_of
from fleets.storage.away import RETRY_AFTER, is_away
from fleets.storage.sql import reconnecting

Ask = Callable[[Scope], Hashable]

MOST_WAITING, MOST_KNOWN_WAITING = 64, 128
"""Requests whose asker is looked up or waits for it, without and with those of whom that was seen to be right lately;
only large bodies need it."""

_thread = ThreadPoolExecutor(1, thread_name_prefix="askers")
_waiting = 0


async def known(ask: Ask, scope: Scope, *, was_known: bool) -> Hashable:
    """Who asks; `was_known`: what they show was right lately.

    Raises Refused: they do not show it, or it can't be looked up now.
    """
    global _waiting
    if _waiting >= (MOST_KNOWN_WAITING if was_known else MOST_WAITING):
        raise no_room()
    _waiting += 1
    try:
        return await asyncio.get_running_loop().run_in_executor(_thread, _looked_up, ask, scope)
    finally:
        _waiting -= 1


def _looked_up(ask: Ask, scope: Scope) -> Hashable:
    try:
        return reconnecting(lambda: ask(scope))
    except (DatabaseError, InterfaceError) as error:
        words = _("FleetRemote's database does not answer. Try again in a moment.")
        raise Refused(503 if is_away(error) else 500, words, {"retry-after": str(RETRY_AFTER)}) from error


def person(scope: Scope) -> Hashable:
    """The active user whose session it is. Raises Refused."""
    request = request_of(scope)
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME)
    request.session = import_module(settings.SESSION_ENGINE).SessionStore(key)
    user = get_user(request) if key else None
    if user is None or not user.is_authenticated:
        raise Refused(413, _("Only people who are logged in may send this much. Log in, then send it again."))
    return "person", user.pk


def client(scope: Scope) -> Hashable:
    """The active API client with HTTP Basic. Raises Refused."""
    return _authenticated(scope, ApiClientAuthentication())


def bearer(scope: Scope) -> Hashable:
    """The API client whose token it is. Raises Refused."""
    return _authenticated(scope, BearerAuthentication())


def _authenticated(scope: Scope, way: BaseAuthentication) -> Hashable:
    request = Request(request_of(scope), authenticators=[way])
    try:
        found = way.authenticate(request)
        if found is None:
            raise NotAuthenticated
    except (AuthenticationFailed, NotAuthenticated) as error:
        challenge = str(way.authenticate_header(request))
        raise Refused(401, str(error.detail), {"www-authenticate": challenge}) from None
    return "client", found[0].pk
