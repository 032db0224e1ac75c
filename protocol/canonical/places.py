"""Takes places on earth out of documents of any shape: positions of vehicles, and where they are sent to.

Found by what they are, in either dialect: GeoJSON (RFC 7946), a latitude beside a longitude, and the names that the
published files have for positions. Lamps and tyres have a `position` too, in words: that stays.
"""

import json
from typing import Any

# Members that are a place whatever is in them (Status.lastPosition, Stolen.startPosition), and lists of places, which
# stay, empty, for whoever reads them (Navigation.positions).
_PLACES = {"lastposition", "startposition", "endposition", "coordinates", "geometry"}
_LISTS = {"positions", "waypoints"}
_LATITUDES, _LONGITUDES = {"latitude", "lat"}, {"longitude", "lon", "lng", "long"}
# A route is more than its places: what else stands in it says where to, too.
_ROUTES = {"navigation"}
# What a body must hold to hold a place; letters may be written as \u0063.
_MARKS = (b"coordinates", b"position", b"geometry", b"waypoints", b'"lat', b"\\u00")


def without_places(value: Any) -> Any:
    """The same without places. Nothing is changed in place."""
    if isinstance(value, list):
        return [without_places(item) for item in value if not _is_place(item)]
    if not isinstance(value, dict):
        return value
    pair = _LATITUDES | _LONGITUDES if _has_pair(value) else set()
    return {name: _left(name, item) for name, item in value.items() if not _goes(name.lower(), item, pair)}


def body_without_places(body: bytes) -> bytes | None:
    """A body in JSON without places, byte for byte the same where it holds none; None where that can't be known.

    That is when it may hold one and can't be read, as when only its beginning was kept.
    """
    lower = body.lower()
    if not any(mark in lower for mark in _MARKS):
        return body
    try:
        document = json.loads(body)
        left = without_places(document)
    except (ValueError, RecursionError):
        return None
    return body if left == document else json.dumps(left, separators=(",", ":")).encode()


def without_whereabouts(value: Any) -> Any:
    """The same as somebody may see it who may not see where vehicles are: without places, and without what routes hold.

    Nothing is changed in place.
    """
    return _without_routes(without_places(value))


def body_without_whereabouts(body: bytes) -> bytes | None:
    """A body in JSON as `without_whereabouts` has it; None where that can't be known, as in `body_without_places`."""
    left = body_without_places(body)
    if left is None or b"navigation" not in left.lower():
        return left
    try:
        return json.dumps(_without_routes(json.loads(left)), separators=(",", ":")).encode()
    except (ValueError, RecursionError):
        return None


def _without_routes(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_routes(item) for item in value]
    if not isinstance(value, dict):
        return value
    routes = _ROUTES | ({"payload"} if str(value.get("remoteType")).lower() in _ROUTES else set())
    return {name: _emptied(item) if name.lower() in routes else _without_routes(item) for name, item in value.items()}


def _emptied(item: Any) -> Any:
    return type(item)() if isinstance(item, dict | list) else item


def _goes(name: str, item: Any, pair: set[str]) -> bool:
    return name in pair or _is_place(item) or (name in _PLACES and isinstance(item, dict | list))


def _left(name: str, item: Any) -> Any:
    return [] if name.lower() in _LISTS and isinstance(item, list) else without_places(item)


def _is_place(item: Any) -> bool:
    if not isinstance(item, dict):
        return False
    return "coordinates" in item or isinstance(item.get("geometry"), dict) or _has_pair(item)


def _has_pair(item: dict[str, Any]) -> bool:
    names = {name.lower() for name in item}
    return bool(names & _LATITUDES and names & _LONGITUDES)
