"""Finds vehicles by what people type of their label, plate or VIN.

PostgreSQL folds both sides by the same functions (migration 0021): what is kept, in `Vehicle.search_text`, and what is
typed. So accents, case, Unicode forms, and the blanks and hyphens within a word never matter.
"""

import re
import unicodedata
from functools import reduce
from operator import and_

from django.db.models import BooleanField, F, Func, Q, QuerySet, TextField, Value

from fleets.models import Vehicle
from fleets.models.fleet import VIN_PATTERN

LONGEST = 100
"""So many characters of a search, and with them fifty words, are what forms take."""

_TEXT = TextField()
# What stands in quotes is looked for in one piece.
_PARTS = re.compile(r'["“”„«»]([^"“”„«»]+)["“”„«»]|(\S+)')

Vehicles = QuerySet[Vehicle]


def matching(vehicles: Vehicles, words: str) -> Vehicles:
    """Those in which each word is found, in any order; all of them without a word, none where a word says nothing.

    A word is a part of label, plate or VIN; of one or two letters it is the beginning of a word of label or plate. What
    stands in quotes is one word; a whole VIN may have blanks. The index vehicle_search serves it.
    """
    if not words:
        return vehicles
    # The longest that older versions have kept is in quotes by now.
    if len(words) > LONGEST + 2 or "\0" in words:
        return vehicles.none()
    says_something = Q(_compared(_pattern(words), "<>", Value("%")))
    parts = dict.fromkeys(quoted or word for quoted, word in _PARTS.findall(words))
    found = reduce(and_, [Q(_compared(F("search_text"), "LIKE", _pattern(part))) for part in parts], says_something)
    vin = vin_in(words) if len(parts) > 1 else ""
    return vehicles.filter(found | Q(vin=vin) if vin else found)


def called(vehicles: Vehicles, name: str) -> Vehicles:
    """Those whose whole VIN, label or plate this is, in whichever form; the same label may be that of several."""
    same = [_compared(_joined(F(column)), "=", _joined(Value(name))) for column in ("label", "plate")]
    return matching(vehicles, in_one_piece(name)).filter(Q(vin=vin_in(name)) | Q(same[0]) | Q(same[1]))


def vin_in(words: str) -> str:
    """The VIN that this is, as it is kept, without what people write between its parts; empty: it is none."""
    letters = re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", words)).upper()
    return letters if re.fullmatch(VIN_PATTERN, letters) else ""


def in_one_piece(words: str) -> str:
    """What finds just these words, in this order and side by side."""
    return f'"{words}"' if len(words.split()) > 1 and not re.search('["“”„«»]', words) else words


def _pattern(word: str) -> Func:
    return Func(Value(word), function="fleets_pattern", output_field=_TEXT)


def _joined(words: F | Value) -> Func:
    return Func(words, function="fleets_joined", output_field=_TEXT)


def _compared(one: F | Func, how: str, other: Func | Value) -> Func:
    return Func(one, other, template="%(expressions)s", arg_joiner=f" {how} ", output_field=BooleanField())
