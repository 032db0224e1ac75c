"""Writes who came in: log-ins, those that failed, log-outs, and the first token of an hour that a client was given.

Whoever is outside can try names as often as the entrance lets them (console/entrance/guard.py), and nothing of the
audit is ever removed: so a failed log-in is written once an hour for a name and address, and at most MOST_FAILED an
hour in each process. How many were left out stands in the next one that is written.
"""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest

from fleets.audit.doer import NOBODY_LOGGED_IN, origin_of
from fleets.audit.entries import About, Actor, Kind, Origin, api_client, person, record
from fleets.audit.once import record_once
from fleets.models import ApiClient
from fleets.storage import clock

LOGGED_IN, FAILED, LOGGED_OUT, TOKEN = "logged in", "failed to log in", "logged out", "was given a token"
NO_FACTOR, NOT_SIGNED_ON = "failed to show the second factor", "was refused at single sign-on"
SPAN = timedelta(hours=1)
MOST_FAILED = 1_000
# Characters of a name that was tried.
LONGEST = 150


class Failures:
    """Which failures of this span are written down already, and how many were not."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._since: datetime | None = None
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._left_out = 0

    def left_out_before(self, name: str, address: str, now: datetime) -> int | None:
        """How many were left out before this one; None where it is left out itself."""
        with self._lock:
            if self._since is None or not timedelta() <= now - self._since < SPAN:
                self._since = now
                self._seen.clear()
            if (name, address) in self._seen or len(self._seen) >= MOST_FAILED:
                self._left_out += 1
                return None
            self._seen[name, address] = None
            left_out, self._left_out = self._left_out, 0
            return left_out


FAILURES = Failures()


def listen() -> None:
    """For `apps.py`."""
    user_logged_in.connect(_logged_in, dispatch_uid="audit")
    user_logged_out.connect(_logged_out, dispatch_uid="audit")
    user_login_failed.connect(_failed, dispatch_uid="audit")


def token_given(client: ApiClient) -> None:
    """The client was given a token; written once an hour."""
    about = About(f"client {client.pk}")
    since = clock.now().replace(minute=0, second=0, microsecond=0)
    record_once(Kind.ENTERED, about, since, actor=api_client(client), origin=Origin.API, document={"what": TOKEN})


def factor_failed(request: HttpRequest, user: Any) -> None:
    """Somebody has shown their password, or their session, and a wrong code; written as failed log-ins are."""
    name = user.get_username()
    left_out = FAILURES.left_out_before(f"factor of {name}", _address(request), clock.now())
    if left_out is not None:
        more = {"leftOut": left_out} if left_out else {}
        _write(request, NO_FACTOR, f"person {user.pk}", NOBODY_LOGGED_IN, name=name, **more)


def sign_on_refused(request: HttpRequest, why: str) -> None:
    """Somebody came from the provider of single sign-on and did not get in; `why` is a code."""
    left_out = FAILURES.left_out_before(f"sign-on {why}", _address(request), clock.now())
    if left_out is not None:
        more = {"leftOut": left_out} if left_out else {}
        _write(request, NOT_SIGNED_ON, "single sign-on", NOBODY_LOGGED_IN, why=why, **more)


def _logged_in(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    _write(request, LOGGED_IN, f"person {user.pk}", person(user))


def _logged_out(sender: Any, request: HttpRequest, user: Any, **_: Any) -> None:
    # Whose session had ended is nobody.
    if user is not None:
        _write(request, LOGGED_OUT, f"person {user.pk}", person(user))


def _failed(sender: Any, credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    name = str(credentials.get("username") or "")[:LONGEST]
    left_out = FAILURES.left_out_before(name, _address(request), clock.now())
    if left_out is not None:
        more = {"leftOut": left_out} if left_out else {}
        _write(request, FAILED, f"name {name}", NOBODY_LOGGED_IN, name=name, **more)


def _write(request: HttpRequest | None, what: str, subject: str, actor: Actor, **more: Any) -> None:
    address = _address(request)
    document = {"what": what, **({"address": address} if address else {}), **more}
    record(Kind.ENTERED, About(subject), actor=actor, origin=origin_of(request), document=document)


def _address(request: HttpRequest | None) -> str:
    return str(request.META.get("REMOTE_ADDR") or "") if request is not None else ""
