"""SQL of the columns that PostgreSQL makes of a vehicle's label and state, by which lists are narrowed and sorted."""

from typing import Any

from django.db import models
from django.db.models import Case, Expression, F, Func, Q, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, NullIf, Upper

from fleets.vehicles.words import LOCKED

TEXT = models.TextField()
LEVEL = models.DecimalField(max_digits=4, decimal_places=1, null=True)

# Numbers outside of it say nothing of a battery or a tank.
_LEVEL = "level ? (@ >= 0 && @ <= 100)"
_LOCK_WORD = '$.doorsState.lockedStates[*] ? (@.type() == "string"'
_NOT_LOCKED = " && ".join(f'@ != "{word}"' for word in sorted(LOCKED))


def sort_name() -> Expression:
    """What a vehicle is called, with each number in 20 digits, so that "Van 2" comes before "Van 10"."""
    name = Upper(Coalesce(NullIf(F("label"), Value("")), F("vin")))
    return _replaced(_replaced(name, r"(\d+)", "0" * 20 + r"\1"), r"\d*(\d{20})", r"\1")


def search_text() -> Expression:
    """What a search looks for words in (fleets/vehicles/search.py), by functions that migration 0021 makes."""
    return Func(F("label"), F("plate"), F("vin"), function="fleets_search_text", output_field=TEXT)


def energy_level() -> Expression:
    """Per cent in the battery, or in the tank of a vehicle without one."""
    return Coalesce(_level('$.energies[*] ? (@.type == "Electric").'), _level("$.energies[*]."), output_field=LEVEL)


def is_locked() -> Expression:
    """Whether each lock says so; null while none says anything."""
    return Case(
        When(Q(_any(f"{_LOCK_WORD} && {_NOT_LOCKED})")), then=Value(False)),
        When(Q(_any(f"{_LOCK_WORD})")), then=Value(True)),
        default=Value(None),
        output_field=models.BooleanField(null=True),
    )


def heard_at() -> Expression:
    """When the vehicle last told its state."""
    return Coalesce(_moment("state__updatedAt"), _moment("state__createdAt"))


def _replaced(text: Any, pattern: str, by: str) -> Func:
    return Func(text, Value(pattern), Value(by), Value("g"), function="REGEXP_REPLACE", output_field=TEXT)


def _level(path: str) -> Expression:
    found = Func(F("state"), Value(path + _LEVEL), function="jsonb_path_query_first", output_field=models.JSONField())
    return Cast(found, LEVEL)


def _any(path: str) -> Func:
    return Func(F("state"), Value(path), function="jsonb_path_exists", output_field=models.BooleanField())


def _moment(path: str) -> Func:
    """By a function that migration 0004 makes, since a cast is not immutable; null for what is no time."""
    return Func(KT(path), function="fleets_moment", output_field=models.DateTimeField())
