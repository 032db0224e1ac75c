"""SQL of the columns that PostgreSQL makes of a vehicle's label and state, by which lists are narrowed and sorted."""

from typing import Any

from django.db import models
from django.db.models import Case, Expression, F, Func, Q, Value, When
from django.db.models.fields.json import KT
from django.db.models.functions import Cast, Coalesce, NullIf, Upper
from django.db.models.lookups import GreaterThan, IsNull

from fleets.vehicles.state.facts import HIDES_POSITION
from fleets.vehicles.words import LOCKED

TEXT = models.TextField()
LEVEL = models.DecimalField(max_digits=4, decimal_places=1, null=True)

# Numbers outside of it say nothing of a battery or a tank.
_LEVEL = "level ? (@ >= 0 && @ <= 100)"
# Strict, since what has another form than published says nothing: errors in a filter are no match, others are silent.
_LOCK_WORD = 'strict $.doorsState.lockedStates[*] ? (@.type() == "string"'
_CHARGING = "extension.electric.charging"
_CHARGING_OBJECT = f'strict $.energies[*] ? (@.{_CHARGING}.type() == "object").{_CHARGING}'
_HIDES = " || ".join(f'@.privacy.state == "{word}"' for word in HIDES_POSITION)
_PLACE = (
    f'strict $ ? (({_HIDES}) is unknown || !({_HIDES})).lastPosition.geometry.coordinates ? (@.type() == "array"'
    " && @[0] >= -180 && @[0] <= 180 && @[1] >= -90 && @[1] <= 90)"
)
_NOT_LOCKED = " && ".join(f'@ != "{word}"' for word in sorted(LOCKED))


def sort_name() -> Expression:
    """What a vehicle is called, with each number in 20 digits, so that "Van 2" comes before "Van 10"."""
    name = Upper(Coalesce(NullIf(F("label"), Value("")), F("vin")))
    return _replaced(_replaced(name, r"(\d+)", "0" * 20 + r"\1"), r"\d*(\d{20})", r"\1")


def search_text() -> Expression:
    """What a search looks for words in (fleets/vehicles/search.py), by functions that migration 0021 makes."""
    return Func(F("label"), F("plate"), F("vin"), function="fleets_search_text", output_field=TEXT)


def energy_level() -> Expression:
    """Per cent in the battery, or in the tank of a vehicle without one (facts.py energies_of)."""
    electric = _level('$.energies[*] ? (@.type == "Electric").')
    fuel = _level('$.energies[*] ? (@.type != "Electric").')
    return Case(
        When(motorization="Electric", then=electric),
        When(motorization="Thermic", then=fuel),
        default=Coalesce(electric, _level("$.energies[*]."), output_field=LEVEL),
        output_field=LEVEL,
    )


def is_plugged() -> Expression:
    """As facts.py has it."""
    return _case(
        (_charging("@.plugged == true"), True),
        (_charging("@.plugged == false"), False),
        (_charging('@.status == "InProgress"'), True),
        (_charging('@.status == "Disconnected"'), False),
    )


def is_charging() -> Expression:
    """As facts.py has it."""
    return _case(
        (_charging("@.plugged == false"), False),
        (_charging('@.status == "InProgress"'), True),
        (_charging('@.status.type() == "string"'), False),
        # A cable that is known to be in, without a word for the charge, says nothing of the charge.
    )


def is_stolen() -> Expression:
    """As facts.py has it (is_reported_stolen)."""
    return _case(
        (_any("strict $ ? (@.stolen.state == true)"), True), (_any("strict $ ? (@.stolen.state == false)"), False)
    )


def has_alarm() -> Expression:
    """As facts.py has it (alarm_trigger)."""
    triggered = _any('strict $.alarm.trigger ? (@.type.type() == "string" && @.type != "NoBreakIn")')
    off = _any('strict $ ? (@.alarm.status.activation == "Inactive")')
    at, off_at = said_at("state__alarm__trigger"), said_at("state__alarm__status")
    return Case(
        When(~Q(triggered), then=Value(False)),
        When(Q(off) & Q(IsNull(off_at, False)) & (Q(IsNull(at, True)) | Q(GreaterThan(off_at, at))), then=Value(False)),
        When(Q(triggered), then=Value(True)),
        default=Value(False),
        output_field=models.BooleanField(),
    )


def said_at(part: str) -> Expression:
    """When the vehicle told the part at this path (`state__stolen`): dates.py said_at."""
    return Coalesce(_moment(f"{part}__updatedAt"), _moment(f"{part}__createdAt"))


def is_locked() -> Expression:
    """Whether each lock says so; null while none says anything."""
    return _case((_any(f"{_LOCK_WORD} && {_NOT_LOCKED})"), False), (_any(f"{_LOCK_WORD})"), True))


def latitude() -> Expression:
    """As position.py has it, unless the vehicle's privacy hides it (facts.py hides_position)."""
    return _place(1)


def longitude() -> Expression:
    """The same, to the east."""
    return _place(0)


def position_at() -> Expression:
    """When the vehicle told where it is (dates.py said_at of a feature)."""
    place = "state__lastPosition"
    return Coalesce(said_at(place), said_at(f"{place}__properties"))


def heard_at() -> Expression:
    """When the vehicle last told its state."""
    return said_at("state")


def _replaced(text: Any, pattern: str, by: str) -> Func:
    return Func(text, Value(pattern), Value(by), Value("g"), function="REGEXP_REPLACE", output_field=TEXT)


def _level(path: str) -> Expression:
    found = Func(F("state"), Value(path + _LEVEL), function="jsonb_path_query_first", output_field=models.JSONField())
    return Cast(found, LEVEL)


def _place(index: int) -> Expression:
    given = [F("state"), Value(f"{_PLACE}[{index}]"), Cast(Value("{}"), models.JSONField()), Value(True)]
    found = Func(*given, function="jsonb_path_query_first", output_field=models.JSONField())
    return Cast(found, models.FloatField(null=True))


def _any(path: str, of: Any = None) -> Func:
    """Whether the path finds anything in the state, or in another document; null where it leads nowhere."""
    given = [of or F("state"), Value(path), Cast(Value("{}"), models.JSONField()), Value(True)]
    return Func(*given, function="jsonb_path_exists", output_field=models.BooleanField())


def _charging(condition: str) -> Func:
    """Whether it is so of the first energy that tells how it is charged."""
    given = [F("state"), Value(_CHARGING_OBJECT), Cast(Value("{}"), models.JSONField()), Value(True)]
    charging = Func(*given, function="jsonb_path_query_first", output_field=models.JSONField())
    return _any(f"strict $ ? ({condition})", charging)


def _case(*cases: tuple[Expression, bool]) -> Case:
    """The first that is so; null where none is."""
    whens = [When(Q(condition), then=Value(value)) for condition, value in cases]
    return Case(*whens, default=Value(None), output_field=models.BooleanField(null=True))


def _moment(path: str) -> Func:
    """By a function that migration 0004 makes, since a cast is not immutable; null for what is no time."""
    return Func(KT(path), function="fleets_moment", output_field=models.DateTimeField())
