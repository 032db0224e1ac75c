"""For which vehicles a schedule is: the first part of its form."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.schedules import fields
from console.schedules.words import EVERYBODY, searched, whom_words
from console.vehicle_list.matching import filter_of
from fleets.models import Fleet, SavedView, Vehicle
from fleets.vehicles.search import called
from remotes.finding.vehicles import NotUnderstood, VehicleFilter
from remotes.models import Schedule

# The view, or the command, that the schedule has.
KEEP = "keep"


class WhomForm(forms.Form):
    """One vehicle, all, those that match a search, or those of a saved view. `found` is the one vehicle, if it is one,
    `shown` what the chosen view stands for.

    Its heirs call `offer_views` before anything else.
    """

    whom = fields.one_of(
        _("For whom"),
        [
            ("vehicle", _("One vehicle")),
            ("all", _("All vehicles of the fleet")),
            ("search", _("Vehicles that match a search")),
        ],
        _("Choose for whom it is."),
    )
    vehicle = fields.text(_("VIN, label or plate"), 100, required=False)
    search = fields.text(_("Words of the label, the plate or the VIN"), 100, required=False)
    saved_view = forms.ChoiceField(
        label=_("View"),
        help_text=_("The schedule keeps the view as it is now. Which vehicles it shows is looked up each time."),
        required=False,
        error_messages={"invalid_choice": _("Choose a view.")},
    )

    fleet: Fleet
    schedule: Schedule | None
    views: dict[str, SavedView]
    found: Vehicle | None = None
    shown: VehicleFilter

    def offer_views(self, fleet: Fleet, schedule: Schedule | None, views: Sequence[SavedView]) -> None:
        self.fleet, self.schedule = fleet, schedule
        self.views = {view.public_id: view for view in views}
        choices = list(self.base_fields["whom"].choices)  # type: ignore[attr-defined]
        if self.views:
            choices.append(("view", _("Vehicles of a saved view")))
            self.fields["saved_view"].choices = [(key, view.name) for key, view in self.views.items()]  # type: ignore[attr-defined]
        else:
            del self.fields["saved_view"]
        if schedule is not None and _has_own_view(schedule):
            choices.append((KEEP, whom_words(schedule)))
        self.fields["whom"].choices = choices  # type: ignore[attr-defined]

    def clean_vehicle(self) -> str:
        """The one vehicle that it names, if one is asked for."""
        words = str(self.cleaned_data["vehicle"]).strip()
        if self.cleaned_data.get("whom") != "vehicle":
            return words
        found = list(called(self.fleet.vehicles.all(), words)[:2]) if words else []
        if not found:
            raise forms.ValidationError(_("No vehicle of this fleet has this VIN, label or plate."))
        if len(found) > 1:
            raise forms.ValidationError(_("Several vehicles are called so: give the VIN."))
        self.found = found[0]
        return words

    def clean_search(self) -> str:
        words = str(self.cleaned_data["search"]).strip()
        if self.cleaned_data.get("whom") == "search" and not words:
            raise forms.ValidationError(_("Say what to search for."))
        return words

    def clean_saved_view(self) -> str:
        public_id = str(self.cleaned_data["saved_view"])
        if self.cleaned_data.get("whom") != "view":
            return public_id
        if not public_id:
            raise forms.ValidationError(_("Choose a view."))
        try:
            self.shown = filter_of(self.fleet, self.views[public_id].query)
        except NotUnderstood:
            raise forms.ValidationError(_("This view can't be read any more: open it, and save it again.")) from None
        return public_id

    @property
    def whom_values(self) -> dict[str, Any]:
        """The fields of a schedule, by a valid form."""
        nobody: dict[str, Any] = {"vehicle": None, "filter": None, "view_name": ""}
        whom = self.cleaned_data["whom"]
        if whom == "vehicle":
            return nobody | {"vehicle": self.found}
        if whom == KEEP and self.schedule is not None:
            return nobody | {"filter": self.schedule.filter, "view_name": self.schedule.view_name}
        if whom == "view":
            view = self.views[self.cleaned_data["saved_view"]]
            return nobody | {"filter": self.shown.stored, "view_name": view.name}
        words = self.cleaned_data["search"] if whom == "search" else ""
        return nobody | {"filter": VehicleFilter(q=words).stored}


def whom_initial(schedule: Schedule) -> dict[str, Any]:
    words = searched(schedule.filter)
    if schedule.vehicle is not None:
        whom = "vehicle"
    elif schedule.filter == EVERYBODY:
        whom = "all"
    else:
        whom = KEEP if _has_own_view(schedule) else "search"
    return {"whom": whom, "vehicle": schedule.vehicle.vin if schedule.vehicle else "", "search": words or ""}


def _has_own_view(schedule: Schedule) -> bool:
    """Whether it has a filter that is more than a search."""
    is_for_many = schedule.filter is not None and schedule.filter != EVERYBODY
    return is_for_many and (bool(schedule.view_name) or searched(schedule.filter) is None)
