"""How large bodies may be: by the address that is asked, and by who asks."""

from dataclasses import dataclass

from api.rest.parsers import MAX_BYTES
from fleetremote.front import askers
from fleetremote.front.askers import Ask
from fleets.labels.reading import MOST_BYTES as LARGEST_LABELS

ANYBODY = 64 * 1024
"""Bytes that are read of whoever asks."""

PERSON = LARGEST_LABELS + 1024 * 1024
"""Of a person who is logged in: the largest file that a page takes, or three certificates, and a form around it."""


@dataclass(frozen=True)
class Limits:
    """Bytes: of anybody, and of those who show who they are by `ask`; None: nobody may send more."""

    known: int
    ask: Ask | None
    anybody: int = ANYBODY


_API = Limits(MAX_BYTES, askers.client)
_V1 = Limits(MAX_BYTES, askers.bearer)
_PAGES = Limits(PERSON, askers.person)
# Here they show it in the body.
_ENTRANCES = Limits(ANYBODY, None)

_BY_PREFIX = {"/connectedcar/": _API, "/api/connectedcar/": _V1, "/as/": _ENTRANCES, "/login": _ENTRANCES}


def limits_of(path: str) -> Limits:
    return next((limits for prefix, limits in _BY_PREFIX.items() if path.startswith(prefix)), _PAGES)
