"""What a capability document says of one field of a payload: the values, the range, how many, or that there is none.

The published files have booleans and `size` only. Clouds say more, each in its way, so a limit is read in any form that
can mean but one thing:

- `false`, or `{"supported": false}`: the field is not taken;
- a list of words or numbers, or one under `values`, `enum`, `allowedValues`, `possibleValues`, `states`, or an object
  of booleans by the words (`{"Activated": true, "Unactivated": false}`): these only;
- `{"min": 16, "max": 26}` (also `minimum`, `maximum`; a duration as PT20S): a range;
- `{"size": 2}` (also `maxItems`): so many at the most; of programs, in the slots 1 to 2.

A value of another form says nothing.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from fleets.words.durations import duration_of
from protocol.why import Why, code
from protocol.why import gettext_noop as _

Json = Any
Scalar = str | int | float | bool

NOT_SUPPORTED = code("not-supported", _("%(path)s is not supported"))
NOT_ONE_OF = code("not-one-of", _("%(path)s is not supported with %(value)s; allowed is: %(allowed)s"))
TOO_SMALL = code("too-small", _("%(path)s is %(value)s; allowed is %(least)s at the least"))
TOO_GREAT = code("too-great", _("%(path)s is %(value)s; allowed is %(most)s at the most"))
OUT_OF_RANGE = code("out-of-range", _("%(path)s is %(value)s; allowed is %(least)s to %(most)s"))
TOO_MANY = code("too-many", _("%(path)s has %(number)s items; %(most)s at the most"))

_VALUES = ("values", "enum", "allowedValues", "possibleValues", "states", "allowed")
_LEAST, _MOST = ("min", "minimum"), ("max", "maximum")
_SIZES = ("size", "maxItems")


@dataclass(frozen=True)
class Limit:
    """What is known of a field; empty where nothing speaks against any value."""

    supported: bool = True
    values: tuple[Scalar, ...] = ()
    least: Scalar | None = None
    most: Scalar | None = None
    size: int | None = None

    def plain(self) -> dict[str, Any]:
        """As plain values, of what is said: {supported: false}, or of {values, min, max, size}."""
        if not self.supported:
            return {"supported": False}
        told = {"values": list(self.values), "min": self.least, "max": self.most, "size": self.size}
        return {name: value for name, value in told.items() if value not in (None, [])}

    def __add__(self, other: "Limit") -> "Limit":
        """Both of them: what either takes away is away."""
        kept = tuple(value for value in self.values if value in other.values or not other.values)
        return Limit(
            supported=self.supported and other.supported,
            values=kept or self.values or other.values,
            least=other.least if self.least is None else self.least,
            most=other.most if self.most is None else self.most,
            size=other.size if self.size is None else self.size,
        )


NONE = Limit()


def read_limit(told: Json, known: tuple[Scalar, ...] = (), words: Mapping[str, Scalar] | None = None) -> Limit:
    """What a value in a document says. `known`: all values that the payload can have there, where these are few.

    `words`: what a document may call them. A list with none of those that are known is not understood: it says nothing.
    """
    limit = _read(told, _spelt(known, words or {}))
    if not known or not limit.values:
        return limit
    meant = tuple(dict.fromkeys(_meant(value, known, words or {}) for value in limit.values))
    return replace(limit, values=tuple(value for value in meant if any(_same(value, one) for one in known)))


def _meant(value: Scalar, known: tuple[Scalar, ...], words: Mapping[str, Scalar]) -> Scalar:
    """The known value that is meant, whatever its capitals."""
    if not isinstance(value, str):
        return value
    return _spelt(known, words).get(value.casefold(), value)


def _spelt(known: tuple[Scalar, ...], words: Mapping[str, Scalar]) -> dict[str, Scalar]:
    named = {word.casefold(): value for word, value in words.items()}
    return named | {one.casefold(): one for one in known if isinstance(one, str)}


def _read(told: Json, names: Collection[str]) -> Limit:
    if told is False:
        return Limit(supported=False)
    if isinstance(told, list):
        return Limit(values=_scalars(told))
    if not isinstance(told, dict):
        return NONE
    by_word = tuple(word for word, may in told.items() if may is True) if _names_words(told, names) else ()
    return Limit(
        supported=told.get("supported") is not False,
        values=by_word or next((values for name in _VALUES if (values := _scalars(told.get(name)))), ()),
        least=_first(told, _LEAST, _is_measure),
        most=_first(told, _MOST, _is_measure),
        size=_first(told, _SIZES, _is_count),
    )


def _names_words(told: dict[str, Any], names: Collection[str]) -> bool:
    return bool(told) and all(word.casefold() in names and isinstance(may, bool) for word, may in told.items())


def breaches(limit: Limit, path: str, value: Json) -> Iterator[Why]:
    """What of a payload's `value` is outside, naming what is allowed."""
    if not limit.supported:
        yield Why(NOT_SUPPORTED, path=path)
    elif limit.values and _is_scalar(value) and not any(_same(value, one) for one in limit.values):
        yield Why(NOT_ONE_OF, path=path, value=in_words(value), allowed=", ".join(map(in_words, limit.values)))
    elif isinstance(value, list):
        if limit.size is not None and len(value) > limit.size:
            yield Why(TOO_MANY, path=path, number=str(len(value)), most=str(limit.size))
    else:
        yield from _beyond(limit, path, value)


def in_words(value: Scalar) -> str:
    """As JSON has it: true, 21, Activated."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _beyond(limit: Limit, path: str, value: Json) -> Iterator[Why]:
    found, least, most = measure(value), measure(limit.least), measure(limit.most)
    if found is None:
        return
    low, high = least is not None and found < least, most is not None and found > most
    if not low and not high:
        return
    told = {"path": path, "value": in_words(value)}
    if least is not None and most is not None:
        yield Why(OUT_OF_RANGE, **told, least=str(limit.least), most=str(limit.most))
    elif low:
        yield Why(TOO_SMALL, **told, least=str(limit.least))
    else:
        yield Why(TOO_GREAT, **told, most=str(limit.most))


def measure(value: Json) -> float | None:
    """A number, or a duration (PT20S) in seconds; None for anything else, and for what is beyond all measure."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        try:
            return float(value)
        except OverflowError:
            # Hundreds of digits.
            return None
    length = duration_of(value)
    return None if length is None else length.total_seconds()


def _same(value: Scalar, other: Scalar) -> bool:
    # 1 and true are equal to Python alone.
    return isinstance(value, bool) == isinstance(other, bool) and value == other


def _is_scalar(value: Json) -> bool:
    return isinstance(value, str | int | float)


def _is_measure(value: Json) -> bool:
    return measure(value) is not None


def _is_count(value: Json) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0


def _scalars(told: Json) -> tuple[Scalar, ...]:
    """The values of a list; of one with anything else in it, none: it is not understood."""
    return tuple(told) if isinstance(told, list) and all(map(_is_scalar, told)) else ()


def _first(told: dict[str, Any], names: tuple[str, ...], fits: Any) -> Any:
    return next((told[name] for name in names if fits(told.get(name))), None)
