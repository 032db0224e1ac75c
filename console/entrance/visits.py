"""Who came in from where, and when they were here last: a row a session, written at the log-in and every few minutes.

A session of which there is none yet, of an earlier version or with a new key, gets its row when it is used.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from threading import Lock
from time import monotonic
from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from console.entrance import browsers
from console.entrance.limits import network_of
from console.entrance.sessions import digest
from console.models import Visit
from fleets.storage import clock

logger = logging.getLogger(__name__)

# Seconds between two writings of when a session was here.
EVERY = 300.0
# Days since somebody came from an address, in which it is one of theirs.
THEIRS = timedelta(days=90)
# Sessions that a process remembers to have written.
KEPT = 10_000
LONGEST = 200

_HAS_LOGGED_IN = "_has_logged_in"


class Written:
    """Which sessions were written lately by this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._at: OrderedDict[str, float] = OrderedDict()

    def is_due(self, session: str) -> bool:
        """Whether it is to be written now; who hears that writes it."""
        now = monotonic()
        with self._lock:
            if now - self._at.get(session, -EVERY) < EVERY:
                return False
            self._at[session] = now
            self._at.move_to_end(session)
            while len(self._at) > KEPT:
                self._at.popitem(last=False)
            return True


WRITTEN = Written()


def listen() -> None:
    """For `apps.py`."""
    user_logged_in.connect(_logged_in, dispatch_uid="visits")


def visits_of_requests(get_response: Callable[[HttpRequest], Any]) -> Callable[[HttpRequest], Any]:
    """Middleware, behind Django's own that knows people."""

    def seen(request: HttpRequest) -> HttpResponseBase:
        response: HttpResponseBase = get_response(request)
        if name := getattr(request, _HAS_LOGGED_IN, ""):
            browsers.remember(request, response, name)
        if request.session.accessed and request.session.get(SESSION_KEY) and request.user.is_authenticated:
            _note(request, int(request.user.pk))
        return response

    return seen


def has_come_from(name: str, network: str) -> bool:
    """Whether the person of this name has logged in from the network before."""
    rows = Visit.objects.filter(user__username=name, seen__gt=clock.now() - THEIRS, address__isnull=False)
    return any(network_of(str(address)) == network for address in rows.values_list("address", flat=True)[:200])


def _logged_in(sender: Any, request: HttpRequest, user: User, **_: Any) -> None:
    setattr(request, _HAS_LOGGED_IN, user.get_username())
    _note(request, user.pk)


def _note(request: HttpRequest, user_id: int) -> None:
    key = request.session.session_key
    session = digest(key) if key else ""
    if not session or not WRITTEN.is_due(session):
        return
    now = clock.now()
    browser = request.META.get("HTTP_USER_AGENT", "").replace("\0", "")[:LONGEST]
    values = {"address": request.META.get("REMOTE_ADDR") or None, "browser": browser, "seen": now}
    try:
        with transaction.atomic():
            new = {**values, "user_id": user_id, "since": now}
            Visit.objects.update_or_create(session=session, defaults=values, create_defaults=new)
    except (DatabaseError, ValueError) as error:
        # The page itself is of more use than this.
        logger.warning("It was not written down that a session is in use: %s", error)
