"""What an answer to the request for the fleets says of our credentials, of the address, and of limits."""

import json
import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from gateways import rate_headers
from gateways.answers.shapes import Shape, read
from gateways.bounded import Answer
from gateways.diagnosis import codes
from gateways.diagnosis.asking import said_by
from gateways.diagnosis.step import Found, Wrong
from gateways.interface import Account
from gateways.masking import Masking
from gateways.words import where
from protocol.errors import Invalid
from protocol.storable import check_storable
from protocol.why import Value, Why

VERSION = "/connectedcar/v3"
_CLIENT_ID = re.compile(r"client[ _-]?id|api[ _-]?key|application", re.IGNORECASE)
_BEARER = re.compile(r"\bbearer\b", re.IGNORECASE)
_BASIC = re.compile(r"\bbasic\b", re.IGNORECASE)
_MOST_KEYS = 8


def credentials(answer: Answer, account: Account, masking: Masking) -> Found:
    """Whether the answer takes our credentials; raises Wrong where it does not."""
    if answer.status == 401:
        raise Wrong(_unauthorized(answer, account, masking))
    if answer.status == 403:
        raise Wrong(_forbidden(answer, masking))
    if answer.status == 400 and _CLIENT_ID.search(str(said_by(answer, masking))):
        raise Wrong(Why(codes.REFUSED_CLIENT_ID, **_said(answer, masking)))
    if 200 <= answer.status < 300 and _fleets(answer) is not None:
        return Found(True, Why(codes.CREDENTIALS_FINE))
    return Found(None, Why(codes.CREDENTIALS_UNTOLD))


def listed(answer: Answer, account: Account, masking: Masking) -> list[Any]:
    """The fleets of this page. Raises Wrong where the answer is no list of fleets."""
    if not 200 <= answer.status < 300:
        raise Wrong(_not_listed(answer, account, masking))
    fleets = _fleets(answer)
    if fleets is None:
        raise Wrong(_not_a_list(answer, account, masking))
    return fleets


def counted(number: int) -> Found:
    if number == 0:
        return Found(None, Why(codes.FLEETS_NONE))
    return Found(True, Why(codes.FLEETS_ONE) if number == 1 else Why(codes.FLEETS_LISTED, number=number))


def is_all(answer: Answer, fleets: list[Any]) -> bool:
    """Whether these are all fleets; else the other pages are still to be read."""
    document = _document(answer)
    links = document.get("_links")
    has_next = isinstance(links, dict) and bool(links.get("next"))
    return not has_next and document.get("total", len(fleets)) == len(fleets)


def limits(status: int | None, headers: Iterable[tuple[str, str]], now: datetime) -> Found:
    told = rate_headers.read(status, headers, now)
    if told.burst is None and told.day is None:
        return Found(None, Why(codes.NO_LIMITS))
    values: dict[str, Value] = {
        name: Why(codes.UNSAID) if number is None else number
        for name, number in (("burst", told.burst), ("day", told.day), ("left", told.left))
    }
    return Found(True, Why(codes.LIMITS, **values))


def _said(answer: Answer, masking: Masking) -> dict[str, Value]:
    return {"status": str(answer.status), "words": said_by(answer, masking)}


def _unauthorized(answer: Answer, account: Account, masking: Masking) -> Why:
    said = said_by(answer, masking)
    challenge = " ".join(value for name, value in answer.headers if name.lower() == "www-authenticate")
    if _CLIENT_ID.search(str(said)) and account.username:
        return Why(codes.REFUSED_CLIENT_ID, **_said(answer, masking))
    if _BEARER.search(challenge) and not _BASIC.search(challenge):
        return Why(codes.REFUSED_TOKEN, words=said)
    return Why(codes.REFUSED_401 if account.username else codes.REFUSED_401_NONE, words=said)


def _forbidden(answer: Answer, masking: Masking) -> Why:
    said = said_by(answer, masking)
    if read(answer.headers, answer.content).shape is Shape.PAGE:
        return Why(codes.REFUSED_403_PAGE, words=said)
    if _CLIENT_ID.search(str(said)):
        return Why(codes.REFUSED_CLIENT_ID, **_said(answer, masking))
    return Why(codes.REFUSED_403, words=said)


def _not_listed(answer: Answer, account: Account, masking: Masking) -> Why:
    said = _said(answer, masking)
    if 300 <= answer.status < 400 and (url := where(answer, masking)):
        return Why(codes.REDIRECT, url=url, status=str(answer.status))
    if answer.status in (404, 410):
        return _not_found(account, said["words"])
    return not_answered(answer, said)


def not_answered(answer: Answer, said: dict[str, Value]) -> Why:
    """What a status says that is neither good nor about us or the address; `said` is the status with their words."""
    status = str(answer.status)
    if 300 <= answer.status < 400:
        return Why(codes.REDIRECT_NOWHERE, status=status)
    if answer.status == 429:
        return Why(codes.SLOW_DOWN_SECONDS, words=said["words"], seconds=_pause(answer))
    if answer.status >= 500:
        return Why(codes.BROKEN, **said)
    if answer.status >= 400:
        return Why(codes.REFUSED_OTHER, **said)
    return Why(codes.ANSWERED_OTHER, status=status)


def _pause(answer: Answer) -> int:
    """Whole seconds. Without its date: a Retry-After that is one is as good as none here."""
    told = answer.header("Retry-After") or answer.header("X-RateLimit-Reset") or ""
    return min(int(told), 86_400) if told.isascii() and told.isdigit() and len(told) < 9 and int(told) else 60


def _not_found(account: Account, said: Value) -> Why:
    parts = urlsplit(account.base_url)
    path = parts.path.rstrip("/")
    start, mark, beyond = path.partition(VERSION)
    if mark and beyond:
        return Why(codes.NOT_FOUND_BEYOND, url=f"{parts.scheme}://{parts.netloc}{start}{VERSION}")
    if not mark:
        return Why(codes.NOT_FOUND_VERSION, path=path or "/", words=said)
    return Why(codes.NOT_FOUND, path=path, words=said)


def _not_a_list(answer: Answer, account: Account, masking: Masking) -> Why:
    keys = unread(answer, account, masking)
    return keys if isinstance(keys, Why) else Why(codes.NOT_THE_API, keys=", ".join(keys))


def unread(answer: Answer, account: Account, masking: Masking) -> Why | list[str]:
    """Why there is no document in the answer; else what its members are called, or what it is where it has none."""
    if not answer.content:
        return Why(codes.EMPTY) if answer.is_whole else Why(codes.CUT)
    body = read(answer.headers, answer.content)
    if body.shape is Shape.PAGE:
        return Why(codes.PAGE, words=said_by(answer, masking))
    if not answer.is_whole:
        is_large = len(answer.content) >= account.largest_answer
        return Why(codes.TOO_LARGE, most=account.largest_answer) if is_large else Why(codes.CUT)
    try:
        document = json.loads(answer.content)
        check_storable(document)
    except (ValueError, RecursionError, Invalid):
        return Why(codes.NOT_JSON, words=said_by(answer, masking))
    keys = [str(key)[:40] for key in list(document)[:_MOST_KEYS]] if isinstance(document, dict) else []
    return keys or [type(document).__name__]


def _fleets(answer: Answer) -> list[Any] | None:
    """The fleets of a page, None where it is none. `total` 0 alone is a page without fleets."""
    document = _document(answer)
    embedded = document.get("_embedded")
    items = embedded.get("fleets") if isinstance(embedded, dict) else None
    if isinstance(items, list):
        return items
    return [] if type(document.get("total")) is int and document["total"] == 0 else None


def _document(answer: Answer) -> dict[str, Any]:
    """The answer's JSON, empty where it is no document that can be kept."""
    if not answer.is_whole:
        return {}
    try:
        document = json.loads(answer.content)
        check_storable(document)
    except (ValueError, RecursionError, Invalid):
        return {}
    return document if isinstance(document, dict) else {}
