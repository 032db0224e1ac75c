"""HAL documents, pages of collections, and the published error shape."""

import base64
import hashlib
import hmac
import json
import math
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from protocol.canonical import JsonObject, format_time
from protocol.errors import Invalid
from simulator.clock import Clock, as_datetime
from simulator.database import Database, Row

BASE = "/connectedcar/v3"


@dataclass(frozen=True)
class Paging:
    """How a dialect pages: items a page unless `pageSize` says otherwise, and the most that it may say.

    `token_alone`: a `pageToken` beside `pageSize` or `indexRange` is refused, and a range may be its start alone.
    """

    usual: int = 60
    most: int = 60
    token_alone: bool = False


V3_PAGING = Paging()


def answer(document: JsonObject, status: int = 200) -> web.Response:
    """A HAL document."""
    text = json.dumps(document, ensure_ascii=False)
    return web.Response(text=text, status=status, content_type="application/hal+json", charset="utf-8")


def error(status: int, message: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """The published error shape; its code is the HTTP status and two digits."""
    body = {
        "code": status * 100 + 99,
        "uuid": str(uuid.uuid4()),
        "message": message,
        "timestamp": format_time(as_datetime(Clock().now())),
    }
    return web.json_response(body, status=status, headers=headers)


class NotFound(Exception):
    """Nothing is at that address for this client."""


class Refusal(Exception):
    """What is asked is refused with a status of 4xx, or 501, and words."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


def link(request: web.Request, *path: str, **more: Any) -> JsonObject:
    """A HAL link to a path under the base."""
    return {"href": "/".join([f"{request.scheme}://{request.host}{BASE}", *path]), **more}


@dataclass(frozen=True)
class _Place:
    """Where a page begins: `before` or after which row (None: at `offset`), its number, and what is left to show."""

    offset: int
    seq: int | None
    number: int
    size: int
    last: int | None


def collection(
    request: web.Request,
    db: Database,
    name: str,
    query: str,
    values: Sequence[Any],
    newest_first: bool,
    item: Callable[[Row], JsonObject],
    paging: Paging = V3_PAGING,
) -> web.Response:
    """One page of a collection (CollectionResult): `pageSize`, `pageToken`, `indexRange` are read from the request.

    `query` is `FROM … WHERE …` over a table with `seq`; tokens carry the last row shown, so that rows that are
    added meanwhile shift nothing. Raises Invalid for a parameter that is not allowed.
    """
    place = _place(request, db.secret(), query, values, paging)
    rows = _rows(db, query, values, newest_first, place)
    total: int = db.value(f"SELECT count(*) {query}", *values)
    shown = rows[: place.size]
    links: JsonObject = {
        "self": {"href": str(request.url)},
        "first": {"href": str(request.url.without_query_params("pageToken"))},
    }
    end = place.offset + len(shown)
    if len(rows) > place.size:
        following = _Place(end, shown[-1]["seq"], place.number + 1, place.size, place.last)
        token = _sign(following, db.secret(), query, values)
        here = request.url.without_query_params("pageSize", "indexRange") if paging.token_alone else request.url
        links["next"] = {"href": str(here.update_query(pageToken=token))}
    document = {
        "_links": links,
        "total": total,
        "totalPage": math.ceil(total / place.size),
        "currentPage": place.number,
        "_embedded": {name: [item(row) for row in shown]},
    }
    return answer(document)


def _rows(db: Database, query: str, values: Sequence[Any], newest_first: bool, place: _Place) -> Sequence[Row]:
    """The page's rows, and one more when there is a next page."""
    count = place.size + 1
    if place.last is not None:
        count = min(count, place.last - place.offset + 1)
    if count <= 0:
        return []
    order = "DESC" if newest_first else "ASC"
    if place.seq is None:
        sql = f"SELECT * {query} ORDER BY seq {order} LIMIT ? OFFSET ?"
        return db.rows(sql, *values, count, place.offset)
    sql = f"SELECT * {query} AND seq {'<' if newest_first else '>'} ? ORDER BY seq {order} LIMIT ?"
    return db.rows(sql, *values, place.seq, count)


def _place(request: web.Request, secret: bytes, query: str, values: Sequence[Any], paging: Paging) -> _Place:
    token = request.query.get("pageToken")
    if token is not None:
        beside = next((name for name in ("pageSize", "indexRange") if name in request.query), None)
        if paging.token_alone and beside is not None:
            raise Invalid(beside, "can't stand beside pageToken, which knows it")
        return _unsign(token, secret, query, values)
    size = request.query.get("pageSize", str(paging.usual))
    if re.fullmatch(r"[0-9]{1,4}", size) is None or not 1 <= int(size) <= paging.most:
        raise Invalid("pageSize", f"{size!r} is not allowed; a number from 1 to {paging.most}")
    pattern = r"([0-9]{1,9})(?:-([0-9]{0,9}))?" if paging.token_alone else r"([0-9]{1,9})-([0-9]{0,9})"
    found = re.fullmatch(pattern, request.query.get("indexRange", "0-"))
    if found is None:
        raise Invalid("indexRange", "is not allowed; a range such as 0-9 or 5-")
    last = int(found[2]) if found[2] else None
    return _Place(int(found[1]), None, 1, int(size), last)


def _seal(payload: bytes, secret: bytes, query: str, values: Sequence[Any]) -> bytes:
    subject = json.dumps([query, list(values)]).encode()
    return hmac.digest(secret, payload + b"\n" + subject, hashlib.sha256)[:12]


def _sign(place: _Place, secret: bytes, query: str, values: Sequence[Any]) -> str:
    payload = json.dumps([place.offset, place.seq, place.number, place.size, place.last]).encode()
    return base64.urlsafe_b64encode(_seal(payload, secret, query, values) + payload).decode().rstrip("=")


def _unsign(token: str, secret: bytes, query: str, values: Sequence[Any]) -> _Place:
    try:
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
    except ValueError as error_:
        raise Invalid("pageToken", "is not one of ours") from error_
    if not hmac.compare_digest(raw[:12], _seal(raw[12:], secret, query, values)):
        raise Invalid("pageToken", "is not one of ours")
    return _Place(*json.loads(raw[12:]))
