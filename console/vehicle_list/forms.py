"""What a person asks of the list of vehicles, and how they name a view of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.forms.filter_fields import ANY, choice, search
from console.vehicle_list.columns import COLUMNS
from console.vehicle_list.last_actions import OUTCOMES
from console.vehicle_list.sorting import SORTS
from fleets.models import Fleet, SavedView, Vehicle
from protocol.catalogue import REMOTE_TYPES
from remotes.counts.conditions import reason_choices
from remotes.finding.marks import MARKS
from remotes.finding.vehicles import LONGEST_OF

# Models that are offered; who has more finds one by its name.
MOST_MODELS = 200

_SILENCES = [
    ("1h", _("1 hour and more")),
    ("1d", _("1 day and more")),
    ("3d", _("3 days and more")),
    ("7d", _("7 days and more")),
    ("30d", _("30 days and more")),
]

# Beyond what narrows the list: its order, its columns, and the place in it.
SHOWING = ("sort", "col", "after", "view")


def _percent(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        required=False,
        label=label,
        min_value=1,
        max_value=100,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off", "maxlength": 3}),
        error_messages=dict.fromkeys(("invalid", "min_value", "max_value"), _("Enter a whole number from 1 to 100.")),
    )


class ListForm(forms.Form):
    """GET parameters of the list of vehicles. With `models`, (name, title) each, they are offered to choose from."""

    use_required_attribute = False

    q = search(_("Search vehicles"))
    model = forms.CharField(required=False, max_length=100, label=_("Model"))
    energy = choice(_("Energy"), Vehicle.Motorization.choices)
    below = _percent(_("Charge or fuel below (%)"))
    above = _percent(_("Charge or fuel from (%)"))
    level = choice(_("Charge or fuel"), [("unknown", _("Not known"))])
    doors = choice(_("Doors"), [("locked", _("Locked")), ("unlocked", _("Unlocked"))])
    awake = choice(_("Awake"), [("yes", _("Awake")), ("no", _("Asleep, or not known"))])
    outcome = choice(_("Last outcome"), OUTCOMES)
    cause = forms.CharField(required=False, max_length=LONGEST_OF["cause"], label=_("Why it failed"))
    can = choice(_("Can do"), [(name, _(entry.title)) for name, entry in REMOTE_TYPES.items()])
    mark = choice(_("Mark"), MARKS.items())
    silent = choice(_("Not heard of for"), _SILENCES)
    plugged = choice(_("Plugged in"), [("yes", _("Plugged in")), ("no", _("Not plugged in"))])
    charging = choice(_("Charging"), [("yes", _("Charging")), ("no", _("Not charging"))])
    listed = choice(_("At the manufacturer"), [("yes", _("Listed")), ("no", _("No longer listed"))])
    reading = choice(_("Reading its state"), [("failed", _("Can't be read")), ("ok", _("Works"))])
    sort = forms.ChoiceField(
        label=_("Sort by"), required=False, choices=[(name, sort.title) for name, sort in SORTS.items()]
    )
    col = forms.MultipleChoiceField(
        label=_("Columns"), required=False, choices=list(COLUMNS.items()), widget=forms.CheckboxSelectMultiple
    )
    after = forms.CharField(required=False)
    view = forms.CharField(required=False)

    def __init__(
        self, data: Mapping[str, Any] | None, *, fleet: Fleet | None, models: Sequence[tuple[str, str]] | None = None
    ) -> None:
        super().__init__(data, auto_id="list_%s")
        self.fleet = fleet
        self.fields["cause"].widget = forms.Select(choices=[ANY, *reason_choices(str(self["cause"].value() or ""))])
        if models is not None:
            self.fields["model"].widget = forms.Select(choices=[ANY, *self._offered(models)])

    def clean_col(self) -> list[str]:
        return [name for name in COLUMNS if name in self.cleaned_data["col"]]

    def _offered(self, models: Sequence[tuple[str, str]]) -> Sequence[tuple[str, str]]:
        """With the one that is asked for, so that the form doesn't forget it."""
        asked = str(self["model"].value() or "")
        return [*models, (asked, asked)] if asked and asked not in dict(models) else models

    @property
    def words(self) -> str:
        return str(self.cleaned_data.get("q", ""))

    @property
    def filter_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in ("q", "col", "after", "view")]

    @property
    def wrong(self) -> list[forms.BoundField]:
        """The fields with an error."""
        return [self[name] for name in self.fields if name in self.errors and name not in SHOWING]

    @property
    def filter_count(self) -> int:
        """How many filters narrow the list, beside the search."""
        given = (self.cleaned_data.get(name) for name in self.fields if name not in ("q", *SHOWING))
        return sum(value not in (None, "") for value in given)


class ViewForm(forms.ModelForm):
    """The name of a view, and whether the fleet's other people see it; that is for managers to say."""

    use_required_attribute = False

    class Meta:
        model = SavedView
        fields = ["name", "shared"]
        labels = {"name": _("Name"), "shared": _("Everybody in this fleet sees it")}
        error_messages = {
            "name": {
                "required": _("Give it a name."),
                "max_length": _("At most %(limit_value)d characters."),
            },
        }

    def __init__(self, *args: Any, may_share: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["name"].widget.attrs["autocomplete"] = "off"
        if not may_share:
            del self.fields["shared"]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        same = SavedView.objects.filter(fleet=self.instance.fleet, owner=self.instance.owner, name=name)
        if same.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError(_("You have a view with this name already."))
        return name
