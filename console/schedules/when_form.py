"""When a schedule runs, and what becomes of a time that is missed: a part of its form."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from console.schedules import fields
from console.schedules.words import SHORT_DAYS
from remotes.models import Schedule

Rhythm = Schedule.Rhythm

_FURTHEST = timedelta(days=3660)
_WORKDAYS = list(range(5))

USUAL: dict[str, Any] = {"rhythm": Rhythm.WEEKLY, "days": _WORKDAYS, "missed": Schedule.Missed.SKIP}


class WhenForm(forms.Form):
    """Once on a day, or every week on days; at a time of the fleet's clocks."""

    rhythm = fields.one_of(
        _("How often"), [(Rhythm.ONCE, _("Once")), (Rhythm.WEEKLY, _("Every week"))], _("Choose how often.")
    )
    date = fields.day(_("Day"))
    days = forms.TypedMultipleChoiceField(
        label=_("Days of the week"),
        required=False,
        coerce=int,
        choices=list(enumerate(SHORT_DAYS)),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose days of the week.")},
    )
    starts_on = fields.day(_("First day"), _("Empty: at once."))
    ends_on = fields.day(_("Last day"), _("Empty: until somebody ends it."))
    time = fields.clock(_("Time"))
    missed = fields.one_of(
        _("If FleetRemote does not run at the time"),
        [
            (Schedule.Missed.SKIP, _("Leave it out")),
            (Schedule.Missed.SEND, _("Send it late, as soon as FleetRemote runs again")),
        ],
        _("Choose what becomes of it."),
    )

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        if cleaned.get("rhythm") == Rhythm.ONCE:
            self._check_once(cleaned)
        elif cleaned.get("rhythm") == Rhythm.WEEKLY:
            self._check_weekly(cleaned)
        return cleaned

    @property
    def when_values(self) -> dict[str, Any]:
        """The fields of a schedule, by a valid form."""
        asked = self.cleaned_data
        values = {"rhythm": asked["rhythm"], "local_time": asked["time"].replace(second=0), "missed": asked["missed"]}
        if asked["rhythm"] == Rhythm.ONCE:
            return values | {"local_date": asked["date"], "days": [], "starts_on": None, "ends_on": None}
        limits = {"starts_on": asked["starts_on"], "ends_on": asked["ends_on"]}
        return values | {"local_date": None, "days": sorted(asked["days"]), **limits}

    def never_runs(self) -> None:
        """Say beside the field at fault that there is no time at which it would run."""
        if self.cleaned_data["rhythm"] == Rhythm.ONCE:
            self.add_error("date", _("This time is past."))
        else:
            self.add_error("ends_on", _("None of the days is left until then."))

    def _check_once(self, cleaned: dict[str, Any]) -> None:
        day = cleaned.get("date")
        self._check_near("date")
        if day is None and "date" not in self.errors:
            self.add_error("date", _("Enter a day."))

    def _check_weekly(self, cleaned: dict[str, Any]) -> None:
        start, end = cleaned.get("starts_on"), cleaned.get("ends_on")
        self._check_near("starts_on", "ends_on")
        if not cleaned.get("days") and "days" not in self.errors:
            self.add_error("days", _("Choose days of the week."))
        if start and end and end < start:
            self.add_error("ends_on", _("The last day is before the first one."))

    def _check_near(self, *names: str) -> None:
        for name in names:
            if not _is_near(self.cleaned_data.get(name)):
                self.add_error(name, _("Enter a day within the next ten years."))


def when_initial(schedule: Schedule) -> dict[str, Any]:
    return {
        "rhythm": schedule.rhythm,
        "date": schedule.local_date,
        "days": schedule.days or _WORKDAYS,
        "starts_on": schedule.starts_on,
        "ends_on": schedule.ends_on,
        "time": schedule.local_time,
        "missed": schedule.missed,
    }


def _is_near(day: date | None) -> bool:
    today = timezone.localdate()
    return day is None or today - _FURTHEST <= day <= today + _FURTHEST
