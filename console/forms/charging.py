"""Charging: now, later, by programs of the week, and how."""

from datetime import datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.formats import time_format
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.forms.base import ErrorPlace, Way, choice_of
from console.forms.values import local_time
from console.forms.week import CHARGING_LEVELS, WeekForm
from fleets.storage import clock
from fleets.vehicles.state import dig
from fleets.vehicles.state.charge import next_charge_at, next_charge_time
from fleets.vehicles.state.facts import charging_in
from protocol.canonical import JsonObject

_LEVELS = [
    ("", _("As it is")),
    ("Level1", _("Level 1")),
    ("Level2", _("Level 2")),
    ("Level3", _("Level 3")),
    ("Level4", _("Level 4")),
    ("Level5", _("Level 5")),
]
_TYPES = [("", _("As it is")), ("Partial", _("Partial: stops early, spares the battery")), ("Full", _("Full"))]


class ChargingForm(WeekForm):
    type_name = "Charging"
    first = "later"
    extra_fields = ("end", *CHARGING_LEVELS)
    can_delete = False
    programs_path = "schedule.programs"
    limited = {"level": "preferences.level", "type": "preferences.type"}
    ways = (
        Way("start", _("Start now"), probes=({"immediate": True},)),
        Way("stop", _("Stop now"), probes=({"immediate": False},)),
        Way(
            "later",
            _("Charge later, once"),
            _("A charge that runs stops until then."),
            ("at",),
            template="forms/moment.html",
            probes=({"schedule": {"nextDelayedTime": ""}},),
            example={"schedule": {"nextDelayedTime": "2026-11-30T08:00:00Z"}},
        ),
        Way(
            "programs",
            _("Programs of the week"),
            template="forms/week.html",
            probes=({"schedule": {"programs": [{}]}},),
        ),
        Way(
            "preferences",
            _("How it charges"),
            fields=("level", "type"),
            probes=(
                *({"preferences": {"level": level}} for level, _title in _LEVELS[1:]),
                *({"preferences": {"type": kind}} for kind, _title in _TYPES[1:]),
            ),
        ),
    )

    at = forms.CharField(
        required=False, label=_("Start charging at"), widget=forms.DateTimeInput(attrs={"type": "datetime-local"})
    )
    level = choice_of(_("Power"), _LEVELS)
    type = choice_of(_("Charge until"), _TYPES)

    planned: str = ""
    """When the next charge begins, as the vehicle has told it."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        of_day = next_charge_time(charging_in(self.vehicle.state))
        if of_day is not None:
            self._begin_with_planned(of_day)

    def _begin_with_planned(self, of_day: time) -> None:
        """The next charge that is planned."""
        zone = get_current_timezone()
        today = datetime.combine(clock.now().astimezone(zone), of_day)
        next_one = today if today.replace(tzinfo=zone) > clock.now() else today + timedelta(days=1)
        self.planned = next_charge_at(time_format(of_day, "TIME_FORMAT"), zone)
        self.fields["at"].initial = f"{next_one:%Y-%m-%dT%H:%M}"

    def stored(self) -> Any:
        """The programs of the energy that can be charged."""
        return dig(charging_in(self.vehicle.state), "schedule", "programs")

    def clean(self) -> dict[str, Any] | None:
        """An API with levels in its programs wants both of each program."""
        if self.chosen.name == "programs":
            names = (f"slot{slot}-{name}" for slot in self._touched() for name in self._offered(CHARGING_LEVELS))
            for name in names:
                if name not in self.errors and not self.text(name):
                    self.add_error(name, gettext("Enter a whole number."))
        return super().clean()

    def _later(self) -> JsonObject:
        given = self.text("at")
        return {"nextDelayedTime": local_time(given, get_current_timezone())} if given else {}

    def payload(self, way: str) -> JsonObject:
        if way == "later":
            return {"schedule": self._later()}
        if way == "programs":
            programs = self.programs()
            return {"schedule": {"programs": programs} if programs else {}}
        if way == "preferences":
            chosen = {name: self.text(name) for name in ("level", "type")}
            return {"preferences": {name: value for name, value in chosen.items() if value}}
        return {"immediate": way == "start"}

    def places(self, way: str) -> dict[str, ErrorPlace]:
        if way == "programs":
            none = ErrorPlace("slot1-action", _("Set at least one program."))
            return {"schedule": none} | self.program_places(self.programs_path)
        return {
            "schedule": ErrorPlace("at", _("Say on which day and at what time.")),
            "schedule.nextDelayedTime": ErrorPlace("at", _("Enter a day and a time.")),
            "preferences": ErrorPlace("level", _("Choose at least one of the two.")),
            "preferences.level": ErrorPlace("level", _("Choose one of the list.")),
            "preferences.type": ErrorPlace("type", _("Choose one of the list.")),
        }
