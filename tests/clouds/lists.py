"""A vehicle's list of remote actions: as it is, and as a cloud that lies shows it."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from tests.clouds.book import HTML, Action, Answer, Book

ROOM = 16
"""Characters of a label that is cut."""


@dataclass(frozen=True)
class Wish:
    """A list that is asked for: of which vehicle and callback, at which address, from which entry on, how many."""

    vehicle: str
    callback: str
    address: str
    start: int
    size: int


def show(book: Book, wish: Wish) -> Answer:
    """The list that the vehicle's manners call for."""
    with book.lock:
        book.records[wish.vehicle].lists.append(time.time())
    lie = LIES.get(book.manners(wish.vehicle).lie)
    return lie(book, wish) if lie else Answer(200, page(book.taken(wish.vehicle, wish.callback), wish))


def page(actions: Sequence[Action], wish: Wish) -> dict[str, Any]:
    """A page of a HAL collection."""
    entries = [entry(one, wish.address) for one in actions]
    return collection("remoteActions", entries, wish.address, wish.start, wish.size)


def collection(key: str, items: Sequence[Any], address: str, start: int, size: int) -> dict[str, Any]:
    """A HAL collection's page of so many, from an item on."""
    links = {"self": {"href": address}, "first": {"href": address}}
    end = start + size
    if end < len(items):
        links["next"] = {"href": f"{address}?pageSize={size}&pageToken={end}"}
    counts = {"total": len(items), "totalPage": max(-(-len(items) // size), 1), "currentPage": start // size + 1}
    return {"_links": links, **counts, "_embedded": {key: list(items[start:end])}}


def entry(action: Action, address: str) -> dict[str, Any]:
    """A RemoteAction."""
    return {
        "_links": {"self": {"href": f"{address}/{action.id}"}},
        "remoteActionId": action.id,
        "type": action.type_name,
        "remote": action.remote,
        **{name: value for name, value in action.status.items() if name != "type"},
    }


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
    bare = [replace(one, remote={key: part for key, part in one.remote.items() if key != "label"}) for one in actions]
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


def _is_gone(book: Book, _wish: Wish) -> Answer:
    return book.speech.error(404, "Remote actions not found")


def _breaks_off(book: Book, wish: Wish) -> Answer:
    """The first page says that there is a second one, and that isn't there."""
    if wish.start:
        return book.speech.error(404, "Page not found")
    return Answer(200, {**page(_shown(book, wish), wish), "total": wish.size + 1, "_links": _to_next(wish)})


def _repeats(book: Book, wish: Wish) -> Answer:
    """The second page is the first one again."""
    shown = _shown(book, wish)
    first = {**page(shown, replace(wish, start=0)), "total": 2 * len(shown)}
    return Answer(200, first if wish.start else {**first, "_links": _to_next(wish)})


def _is_of_another(book: Book, wish: Wish) -> Answer:
    with book.lock:
        others = [one for one in book.actions.values() if one.vehicle != wish.vehicle]
    return Answer(200, page(others[-wish.size :], wish))


def _to_next(wish: Wish) -> dict[str, Any]:
    return {"next": {"href": f"{wish.address}?pageToken={wish.size}"}}


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
