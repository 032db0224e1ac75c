"""A vehicle's list of remote actions: as it is, and as a cloud that lies shows it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.faults.second_cloud.book import Action, Book

SIZE = 60
ROOM = 16
"""Characters of a label that is cut."""
JSON, HTML = "application/hal+json", "text/html"


@dataclass(frozen=True)
class Wish:
    """A list that is asked for: of which vehicle and callback, at which address, from which entry on."""

    vehicle: str
    callback: str
    address: str
    start: int = 0
    size: int = SIZE


@dataclass(frozen=True)
class Answer:
    status: int
    document: Any
    kind: str = JSON


def show(book: Book, wish: Wish) -> Answer:
    """The list that the vehicle's manners call for."""
    with book.lock:
        book.records[wish.vehicle].lists.append(time.time())
    lie = LIES.get(book.manners(wish.vehicle).lie)
    return lie(book, wish) if lie else Answer(200, page(book.taken(wish.vehicle, wish.callback), wish))


def page(actions: Sequence[Action], wish: Wish) -> dict[str, Any]:
    """A page of a HAL collection."""
    pages = max(-(-len(actions) // wish.size), 1)
    links = {"self": {"href": wish.address}, "first": {"href": wish.address}}
    end = wish.start + wish.size
    if end < len(actions):
        links["next"] = {"href": f"{wish.address}?pageSize={wish.size}&pageToken={end}"}
    return {
        "_links": links,
        "total": len(actions),
        "totalPage": pages,
        "currentPage": wish.start // wish.size + 1,
        "_embedded": {"remoteActions": [entry(one, wish.address) for one in actions[wish.start : end]]},
    }


def entry(action: Action, address: str) -> dict[str, Any]:
    """A RemoteAction."""
    return {
        "_links": {"self": {"href": f"{address}/{action.id}"}},
        "remoteActionId": action.id,
        "type": action.type_name,
        "remote": action.remote,
        "status": action.status,
    }


def error(status: int, message: str) -> Answer:
    """An xError."""
    now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    document = {"code": status * 100 + 99, "uuid": "00000000", "message": message, "timestamp": now}
    return Answer(status, document, "application/json")


# What lies: each leaves out what was taken since it was told to.


def _shown(book: Book, wish: Wish) -> list[Action]:
    since = book.manners(wish.vehicle).since
    return [one for one in book.taken(wish.vehicle, wish.callback) if one.taken_at < since]


def _lags(book: Book, wish: Wish) -> Answer:
    before = time.time() - book.manners(wish.vehicle).seconds
    return Answer(200, page([one for one in book.taken(wish.vehicle, wish.callback) if one.taken_at < before], wish))


def _is_nothing(_book: Book, _wish: Wish) -> Answer:
    return Answer(200, {})


def _has_no_list(book: Book, wish: Wish) -> Answer:
    whole = page(book.taken(wish.vehicle, wish.callback), wish)
    return Answer(200, {name: value for name, value in whole.items() if name != "_embedded"})


def _says_more(book: Book, wish: Wish) -> Answer:
    shown = _shown(book, wish)
    return Answer(200, {**page(shown, wish), "total": len(shown) + 1})


def _has_no_labels(book: Book, wish: Wish) -> Answer:
    actions = book.taken(wish.vehicle, wish.callback)
    bare = [replace(one, remote={one.key: one.remote[one.key]}) for one in actions]
    return Answer(200, page(bare, wish))


def _cuts_labels(book: Book, wish: Wish) -> Answer:
    """As a field with room for so many characters would."""
    actions = book.taken(wish.vehicle, wish.callback)
    cut = [replace(one, remote={**one.remote, "label": str(one.remote.get("label"))[:ROOM]}) for one in actions]
    return Answer(200, page(cut, wish))


def _leaves_out(book: Book, wish: Wish) -> Answer:
    return Answer(200, page(_shown(book, wish), wish))


def _is_empty(_book: Book, wish: Wish) -> Answer:
    return Answer(200, page([], wish))


def _is_a_web_page(_book: Book, _wish: Wish) -> Answer:
    return Answer(200, "<html><body>Please wait</body></html>", HTML)


def _is_gone(_book: Book, _wish: Wish) -> Answer:
    return error(404, "Remote actions not found")


def _breaks_off(book: Book, wish: Wish) -> Answer:
    """The first page says that there is a second one, and that isn't there."""
    if wish.start:
        return error(404, "Page not found")
    return Answer(200, {**page(_shown(book, wish), wish), "total": SIZE + 1, "_links": _to_next(wish)})


def _repeats(book: Book, wish: Wish) -> Answer:
    """The second page is the first one again."""
    shown = _shown(book, wish)
    first = {**page(shown, replace(wish, start=0)), "total": 2 * len(shown)}
    return Answer(200, first if wish.start else {**first, "_links": _to_next(wish)})


def _is_of_another(book: Book, wish: Wish) -> Answer:
    with book.lock:
        others = [one for one in book.actions.values() if one.vehicle != wish.vehicle]
    return Answer(200, page(others[-SIZE:], wish))


def _to_next(wish: Wish) -> dict[str, Any]:
    return {"next": {"href": f"{wish.address}?pageToken={SIZE}"}}


LIES: dict[str, Callable[[Book, Wish], Answer]] = {
    "lags": _lags,
    "is nothing": _is_nothing,
    "has no list": _has_no_list,
    "says more than it shows": _says_more,
    "has no labels": _has_no_labels,
    "cuts its labels": _cuts_labels,
    "leaves out": _leaves_out,
    "is empty": _is_empty,
    "is a web page": _is_a_web_page,
    "is gone": _is_gone,
    "breaks off": _breaks_off,
    "repeats its page": _repeats,
    "is of another vehicle": _is_of_another,
}
