"""HAL collections with keyset pages: `{_links, total, totalPage, currentPage, _embedded}` (CollectionResult).

`pageToken` is opaque and signed: it carries the primary key after which the page begins, and the page's number.
`indexRange` (0-9) is an offset and its last index; only without a token.
"""

import re
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.db.models import Model, QuerySet
from rest_framework.request import Request

from api.rest.errors import ApiError

MAX_PAGE = 60

# Rows of a history that are counted for its `total`: a count reads every one of them.
MAX_TOTAL = 10_000

Links = dict[str, dict[str, Any]]
Row = TypeVar("Row", bound=Model)


def link(request: Request, path: str) -> dict[str, Any]:
    """An absolute link to a path of ours."""
    return {"href": request.build_absolute_uri(path)}


def collection(
    request: Request,
    rows: QuerySet[Row],
    name: str,
    render: Callable[[Row], dict[str, Any]],
    *,
    newest_first: bool = False,
) -> dict[str, Any]:
    """One page of `rows`, in the order of their primary keys, as the answer's body.

    `newest_first` is for a history that grows without end: the order is the other way, and `total` ends at MAX_TOTAL.
    """
    size = _page_size(request)
    total = rows[:MAX_TOTAL].count() if newest_first else rows.count()
    token = request.query_params.get("pageToken")
    if token:
        after, number = _read_token(token)
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
        token = signing.dumps([page[-1].pk, number + 1], salt=_SALT, compress=True)
        links["next"] = link(request, _with(request, pageSize=str(size), pageToken=token))
    return {
        "_links": links,
        "total": total,
        "totalPage": -(-total // size) if size else 0,
        "currentPage": number,
        "_embedded": {name: [render(row) for row in page]},
    }


_SALT = "pageToken"


def _read_token(token: str) -> tuple[int, int]:
    try:
        after, number = signing.loads(token, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        raise ApiError(400, "pageToken: is not one that this API gave out; follow the links of a page.") from None
    return int(after), int(number)


def _page_size(request: Request) -> int:
    text = request.query_params.get("pageSize", str(MAX_PAGE))
    if not re.fullmatch(r"[0-9]{1,4}", text) or not 1 <= int(text) <= MAX_PAGE:
        raise ApiError(400, f"pageSize: must be a whole number from 1 to {MAX_PAGE}.")
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
