"""Who is at work in this thread or task: a person at a page, an API client, or a command line.

Whoever lets somebody in says so (fleetremote/doing.py, manage.py), so that what is written below needs no argument for
it. Workers do what was asked for on record already: there it is nobody.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest

from fleets.audit.entries import Actor, Origin
from fleets.models import AuditEntry


@dataclass(frozen=True)
class Doer:
    actor: Actor
    origin: AuditEntry.Origin


# Asked only once something is written: who it is may cost a query, and is known late in a request.
Find = Callable[[], Doer | None]

NOBODY_LOGGED_IN = Actor("Nobody who has logged in")

_find: ContextVar[Find | None] = ContextVar("doer", default=None)


def doer() -> Doer | None:
    """Who is at work; None for FleetRemote itself."""
    find = _find.get()
    return find() if find else None


@contextmanager
def doing(find: Find) -> Iterator[None]:
    """Whom `find` gives is at work until the end of the block."""
    token = _find.set(find)
    try:
        yield
    finally:
        _find.reset(token)


@contextmanager
def unrecorded() -> Iterator[None]:
    """No change of rows is written down in the block: for who writes an entry of their own about all of it."""
    with doing(lambda: None):
        yield


def origin_of(request: HttpRequest | None) -> AuditEntry.Origin:
    """The admin's pages, or others."""
    match = request.resolver_match if request is not None else None
    return Origin.ADMIN if match is not None and "admin" in match.app_names else Origin.PAGE


def command_line(name: str) -> Doer:
    """Whoever runs a command on the host, by the command's name."""
    return Doer(Actor(f"FleetRemote: {name}"), Origin.COMMAND)
