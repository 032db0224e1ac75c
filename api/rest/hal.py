"""HAL collections with keyset pages: `{_links, total, totalPage, currentPage, _embedded}` (CollectionResult).

`pageToken` is opaque and signed: it carries the primary key after which the page begins, the page's number and its
size. `indexRange` (0-9) is an offset and its last index; only without a token.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Model, QuerySet
from rest_framework.request import Request

from api.rest.errors import ApiError

# Rows of a history that are counted for its `total`: a count reads every one of them.
MAX_TOTAL = 10_000

Links = dict[str, dict[str, Any]]
Row = TypeVar("Row", bound=Model)


@dataclass(frozen=True)
class Paging:
    """How many entries a page has when nothing is said, and at the most.

    `token_alone`: a token stands for the size too, and neither `pageSize` nor `indexRange` may come with it.
    """

    usual: int
    most: int
    token_alone: bool = False


def link(request: Request, path: str) -> dict[str, Any]:
    """An absolute link to a path of ours."""
    return {"href": request.build_absolute_uri(path)}


def with_links(value: Any, links: dict[str, Any]) -> Any:
    """The same value, with every `_links` in it replaced."""
    if isinstance(value, list):
        return [with_links(item, links) for item in value]
    if isinstance(value, dict):
        return {key: links if key == "_links" else with_links(item, links) for key, item in value.items()}
    return value


def collection(
    request: Request,
    rows: QuerySet[Row],
    name: str,
    render: Callable[[Row], dict[str, Any]],
    *,
    paging: Paging,
    newest_first: bool = False,
) -> dict[str, Any]:
    """One page of `rows`, in the order of their primary keys, as the answer's body.

    `newest_first` is for a history that grows without end: the order is the other way, and `total` ends at MAX_TOTAL.
    """
    size = _page_size(request, paging)
    total = rows[:MAX_TOTAL].count() if newest_first else rows.count()
    token = request.query_params.get("pageToken")
    if token:
        after, number, size = _read_token(request, token, size, paging)
        offset = 0
        rows = rows.filter(pk__lt=after) if newest_first else rows.filter(pk__gt=after)
    else:
        offset, size = _index_range(request, size)
        number = offset // size + 1 if size else 1
    order = "-pk" if newest_first else "pk"
    page = list(rows.order_by(order)[offset : offset + size + 1]) if size else []
    more = len(page) > size
    page = page[:size]
    links: Links = {
        "self": link(request, request.get_full_path()),
        "first": link(request, _with(request, pageSize=str(size or 1))),
    }
    if more:
        token = signing.dumps([page[-1].pk, number + 1, size], salt=_SALT, compress=True)
        more_of_it = {} if paging.token_alone else {"pageSize": str(size)}
        links["next"] = link(request, _with(request, **more_of_it, pageToken=token))
    return {
        "_links": links,
        "total": total,
        "totalPage": -(-total // size) if size else 0,
        "currentPage": number,
        "_embedded": {name: [render(row) for row in page]},
    }


def whole(request: Request, name: str, items: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """A short list, all of it on one page, as the answer's body."""
    found = list(items)
    here = link(request, request.get_full_path())
    pages = {"total": len(found), "totalPage": 1 if found else 0, "currentPage": 1}
    return {"_links": {"self": here, "first": here}, **pages, "_embedded": {name: found}}


_SALT = "pageToken"


def _read_token(request: Request, token: str, size: int, paging: Paging) -> tuple[int, int, int]:
    """The key after which the page begins, its number, and its size."""
    beside = [name for name in ("pageSize", "indexRange") if name in request.query_params]
    if paging.token_alone and beside:
        raise ApiError(400, f"pageToken: stands alone; leave {' and '.join(beside)} out, the token holds them.")
    try:
        after, number, kept = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise ApiError(400, "pageToken: is not one that this API gave out; follow the links of a page.") from None
    return int(after), int(number), int(kept) if paging.token_alone else size


def _page_size(request: Request, paging: Paging) -> int:
    text = request.query_params.get("pageSize", str(paging.usual))
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= paging.most:
        raise ApiError(400, f"pageSize: must be a whole number from 1 to {paging.most}.")
    return int(text)


def _index_range(request: Request, size: int) -> tuple[int, int]:
    """Offset and number of rows; `5-` is from the sixth on, `0-9` the first ten, never more than a page."""
    text = request.query_params.get("indexRange", "0-")
    found = re.fullmatch(r"([0-9]{1,9})-([0-9]{0,9})", text)
    if found is None:
        raise ApiError(400, "indexRange: must look like 0-9 or 5-.")
    first = int(found.group(1))
    if not found.group(2):
        return first, size
    last = int(found.group(2))
    if last < first:
        raise ApiError(400, "indexRange: the last index must not be below the first.")
    return first, min(size, last - first + 1)


def _with(request: Request, **changes: str) -> str:
    kept = {
        key: values
        for key, values in request.query_params.lists()
        if key not in ("pageToken", "indexRange", "pageSize")
    }
    return f"{request.path}?{urlencode({**kept, **changes}, doseq=True)}"
