"""Where a secret opens something, what was shown there, and whether it was wrong."""

from enum import Enum

from django.conf import settings
from django.http import parse_cookie

from fleetremote.front.asgi_types import Message, Scope

_AUTHORIZATION, _COOKIE = b"authorization", b"cookie"
# An API answers with it once it knows who asks, whatever else it answers.
_COUNTED = b"x-ratelimit-limit-1"


class Door(Enum):
    """Kinds of them, each with the beginnings of its paths."""

    WEBHOOK = ("/webhook/",)
    API = ("/connectedcar/", "/api/connectedcar/")
    TOKEN = ("/as/",)
    LOG_IN = ("/login", "/admin/login/")
    FIRST_ADMIN = ("/first-admin",)


def door_of(scope: Scope) -> Door | None:
    """None where nothing is opened."""
    path: str = scope["path"]
    found = next((door for door in Door if path.startswith(door.value)), None)
    return None if found is Door.LOG_IN and scope["method"] != "POST" else found


def credentials(scope: Scope) -> bytes:
    """The header that says who asks; empty without."""
    return next((bytes(value) for name, value in scope["headers"] if name == _AUTHORIZATION), b"")


def session_key(scope: Scope) -> str:
    """What is shown as a session's key, whether or not it is worth anything; empty where nothing is."""
    shown = b"; ".join(bytes(value) for name, value in scope["headers"] if name == _COOKIE)
    return parse_cookie(shown.decode("latin-1")).get(settings.SESSION_COOKIE_NAME, "") if shown else ""


def was_wrong(door: Door, scope: Scope, start: Message) -> bool:
    """Whether the answer that begins so says that a secret was wrong. Who has shown none has not tried any."""
    status = start["status"]
    if door is Door.API:
        return bool(status == 401 and credentials(scope))
    if door is Door.LOG_IN:
        # The form again, or that this name is locked for a while.
        return status in (200, 429)
    return bool(status == 401)


def was_right(start: Message) -> bool:
    """Whether an API's answer is one to somebody whom it knows."""
    return any(bytes(name).lower() == _COUNTED for name, _ in start["headers"])
