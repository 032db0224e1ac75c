"""Programs of the week in four slots: what is stored in each, what is to become of it, and what that changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.forms.base import ErrorPlace, RemoteForm, choice_of, short_text
from console.forms.programs import SLOTS, Change, GridRow, Program, changes, grid, read_programs
from console.forms.values import day_time, whole
from fleets.vehicles import ability
from fleets.words.times import DAYS, day_word
from protocol.canonical import JsonObject

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_LEAVE, _SET, _DELETE = "leave", "Set", "Delete"
# What v1's charging programs have: by their name in the payload.
CHARGING_LEVELS = ("minChargingLevel", "maxChargingLevel")
_NEW = Program(start="", end="", days=(), enabled=True, recurrence="Daily")


@dataclass(frozen=True)
class Slot:
    """A slot as the page shows it."""

    number: int
    stored: Program | None
    action: BoundField
    days: BoundField
    times: list[BoundField]
    enabled: BoundField


class WeekForm(RemoteForm):
    """A form with programs. `extra_fields`: what a program has beside its start, by the names in the payload, of which
    a vehicle is offered those that it and the API of its cloud take.

    `programs_path`: where they stand in the payload.
    """

    programs_path: ClassVar[str]
    extra_fields: ClassVar[tuple[str, ...]] = ()
    can_delete: ClassVar[bool] = True

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.stored_programs = read_programs(self.stored())
        for slot in SLOTS:
            fields = self._slot_fields(slot, self.stored_programs.get(slot, _NEW))
            self.fields |= {f"slot{slot}-{name}": field for name, field in fields.items()}

    def stored(self) -> Any:
        """The programs in the vehicle's state."""
        raise NotImplementedError

    def full_label(self, name: str) -> str:
        slot, dash, part = name.partition("-")
        if not dash or part in ("action", "days"):
            return super().full_label(name)
        values = {"number": slot.removeprefix("slot"), "field": str(self[name].label).lower()}
        return gettext("Program %(number)s, %(field)s") % values

    def programs(self) -> list[JsonObject]:
        """The programs that are to be set or deleted, as they were filled in."""
        return [self._program(slot) for slot in self._touched()]

    def program_places(self, path: str) -> dict[str, ErrorPlace]:
        """Where errors in the programs under `path` belong."""
        places: dict[str, ErrorPlace] = {path: ErrorPlace("slot1-action")}
        for number, slot in enumerate(self._touched()):
            here = f"{path}[{number}]"
            places |= {
                here: ErrorPlace(f"slot{slot}-action"),
                f"{here}.start": ErrorPlace(f"slot{slot}-start", _("Enter a time of day such as 07:30.")),
                f"{here}.end": ErrorPlace(f"slot{slot}-end", _("Enter a time of day such as 09:00.")),
                f"{here}.occurence": ErrorPlace(f"slot{slot}-days", _("Choose days of the week.")),
                f"{here}.recurrence": ErrorPlace(f"slot{slot}-recurrence", _("Choose one of the list.")),
            }
        return places

    @property
    def slots(self) -> list[Slot]:
        """The slots that the vehicle has, and those that hold or were given something, with their fields."""
        return [
            Slot(
                number=slot,
                stored=self.stored_programs.get(slot),
                action=self[f"slot{slot}-action"],
                days=self[f"slot{slot}-days"],
                times=[self[f"slot{slot}-{name}"] for name in ("start", *self._offered(self.extra_fields, slot))],
                enabled=self[f"slot{slot}-enabled"],
            )
            for slot in self._shown()
        ]

    @property
    def changes(self) -> list[Change]:
        """What would change, as far as it is filled in."""
        return changes(self.stored_programs, self.programs())

    @property
    def week(self) -> list[GridRow]:
        """The week as it is stored, and as it would be."""
        return [row for row in grid(self.stored_programs, self.programs()) if row.slot in self._shown()]

    @property
    def day_words(self) -> list[str]:
        return [day_word(day) for day in DAYS]

    def _offered(self, names: Iterable[str], slot: int = 0) -> list[str]:
        """Those of the extra fields that are taken; one that was filled in wrong in a slot stays there."""
        return [
            name
            for name in names
            if f"slot{slot}-{name}" in self.errors
            or ability.takes(self.vehicle, self.remote_type, f"{self.programs_path}[].{name}")
        ]

    def _shown(self) -> list[int]:
        size = self.limits.get(self.programs_path, {}).get("size", len(SLOTS))
        used = {*self.stored_programs, *self._touched()}
        return [slot for slot in SLOTS if slot <= size or slot in used]

    def _touched(self) -> list[int]:
        return [slot for slot in SLOTS if self.text(f"slot{slot}-action") not in ("", _LEAVE)]

    def _program(self, slot: int) -> JsonObject:
        action = self.text(f"slot{slot}-action")
        if action == _DELETE and self.can_delete:
            return {"slot": slot, "actionsType": _DELETE}
        program: JsonObject = {
            "slot": slot,
            "enabled": self.flag(f"slot{slot}-enabled"),
            "occurence": {"day": self.texts(f"slot{slot}-days")},
        }
        if start := self.text(f"slot{slot}-start"):
            program["start"] = day_time(start)
        if "end" in self.extra_fields and (end := self.text(f"slot{slot}-end")):
            program["end"] = day_time(end)
        for name in self.extra_fields:
            given = self.text(f"slot{slot}-{name}")
            if name == "recurrence" and (given or self._offered([name])):
                program[name] = given
            elif name in CHARGING_LEVELS and given:
                program[name] = whole(given)
        return program | ({"actionsType": action} if self.can_delete else {})

    def _slot_fields(self, slot: int, now: Program) -> dict[str, forms.Field]:
        actions = [(_LEAVE, _("Leave")), (_SET, _("Set")), *([(_DELETE, _("Delete"))] if self.can_delete else [])]
        fields: dict[str, forms.Field] = {
            "action": forms.CharField(
                required=False,
                label=gettext("Program %(number)s") % {"number": slot},
                initial=_LEAVE,
                widget=forms.RadioSelect(choices=actions),
            ),
            "days": forms.Field(
                required=False,
                label=gettext("Days of program %(number)s") % {"number": slot},
                initial=now.days,
                widget=forms.CheckboxSelectMultiple(choices=[(day, day_word(day)) for day in DAYS]),
            ),
            "start": _time(_("Start"), now.start),
            "enabled": forms.BooleanField(required=False, label=_("Switched on"), initial=now.enabled),
        }
        if "end" in self.extra_fields:
            fields["end"] = _time(_("End"), now.end)
        if "recurrence" in self.extra_fields:
            repeats = [("Daily", _("Every week")), ("None", _("Once"))]
            fields["recurrence"] = choice_of(_("Repeat"), repeats, initial=now.recurrence or "Daily")
        if CHARGING_LEVELS[0] in self.extra_fields:
            least, most = now.levels or ("", "")
            fields[CHARGING_LEVELS[0]] = _percent(_("Charge to at least, %"), 50, least)
            fields[CHARGING_LEVELS[1]] = _percent(_("Charge to at most, %"), 100, most)
        return fields


def _percent(label: "StrOrPromise", most: int, value: str) -> forms.IntegerField:
    return forms.IntegerField(required=False, label=label, min_value=0, max_value=most, initial=value)


def _time(label: "StrOrPromise", value: str) -> forms.CharField:
    field = short_text(label, type="time")
    field.initial = value
    return field
