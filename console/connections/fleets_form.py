"""Which of an account's fleets are taken over, as an admin chooses."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connections.models import Connection
from console.connections.forms import WithErrors
from fleets.models import ApiClient, Fleet
from remotes.zones import default_zone, zone_names


class FleetsForm(WithErrors):
    """Which of the account's fleets are taken over, into which of ours, who manages them, and which client uses them.

    For each fleet a field `take-N` and one `into-N`. A valid form has `wanted`: our fleets by upstream ids.
    """

    takes_all = forms.BooleanField(
        label=_("Take over all, also those that come later"),
        required=False,
    )
    zone = forms.ChoiceField(
        label=_("Time zone of new fleets"),
        choices=lambda: [(name, name.replace("_", " ")) for name in dict.fromkeys([*zone_names(), default_zone()])],
        required=False,
        help_text=_("Of their pages, mails, files and schedules. It can be changed later."),
    )
    managers = forms.ModelMultipleChoiceField(
        label=_("They manage these fleets"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    api_client = forms.ModelChoiceField(
        label=_("API client that may use them"),
        queryset=ApiClient.objects.none(),
        required=False,
        empty_label=_("None"),
    )

    def __init__(self, *args: Any, connection: Connection, **more: Any) -> None:
        super().__init__(*args, **more)
        self.wanted: dict[str, str] = {}
        self.found = connection.found_fleets
        self.fields["managers"].queryset = User.objects.filter(is_active=True).order_by("username")  # type: ignore[attr-defined]
        self.fields["api_client"].queryset = ApiClient.objects.filter(active=True)  # type: ignore[attr-defined]
        self.fields["zone"].initial = connection.time_zone or default_zone()
        if not connection.time_zone and not self.is_bound:
            # Until somebody has chosen one, it is the browser's (static/forms.js).
            self.fields["zone"].widget.attrs["data-zone"] = ""
        ours = [("", gettext("a new fleet")), *Fleet.objects.values_list("public_id", "name")]
        chosen = connection.wanted_fleets
        for number, item in enumerate(self.found):
            label = item["name"] or item["id"]
            take = forms.BooleanField(label=label, required=False, initial=chosen is None or item["id"] in chosen)
            into = forms.ChoiceField(
                label=gettext("%(fleet)s goes into") % {"fleet": label},
                choices=ours,
                required=False,
                initial=(chosen or {}).get(item["id"], ""),
            )
            self.fields[f"take-{number}"], self.fields[f"into-{number}"] = take, into

    @property
    def rows(self) -> list[dict[str, Any]]:
        """For each fleet of the account: its id, and the two fields."""
        return [
            {"id": item["id"], "take": self[f"take-{number}"], "into": self[f"into-{number}"]}
            for number, item in enumerate(self.found)
        ]

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        self.wanted = {
            item["id"]: given.get(f"into-{number}", "")
            for number, item in enumerate(self.found)
            if given.get(f"take-{number}") or given.get("takes_all")
        }
        if not self.wanted:
            raise forms.ValidationError(gettext("Choose at least one fleet."))
        into = [fleet for fleet in self.wanted.values() if fleet]
        if len(into) != len(set(into)):
            raise forms.ValidationError(gettext("Two fleets of one account can't go into the same fleet here."))
        return given
