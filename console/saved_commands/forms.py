"""The name under which a command is saved."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from console.schedules import fields
from fleets.models import Fleet
from remotes.models import SavedCommand

# Of a fleet, so that a vehicle's panel stays one.
MOST = 40


class NameForm(forms.Form):
    """A name that no other command of the fleet has, whatever its capitals. `command` is the one that is renamed."""

    use_required_attribute = False

    name = fields.text(_("Name of the command"), 60, _("As it stands on the button."))

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, fleet: Fleet, command: SavedCommand | None = None
    ) -> None:
        super().__init__(data, initial={"name": command.name} if command else None)
        self.fleet, self.command = fleet, command

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"]).strip()
        others = self.fleet.saved_commands.exclude(pk=self.command.pk) if self.command else self.fleet.saved_commands
        if others.filter(name__iexact=name).exists():
            raise forms.ValidationError(_("This fleet has a command with this name already."))
        return name

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if self.command is None and self.fleet.saved_commands.count() >= MOST:
            raise forms.ValidationError(_("This fleet has %(most)d commands: delete one first.") % {"most": MOST})
        return cleaned

    @property
    def wrong(self) -> list[forms.BoundField]:
        """The fields with an error, for the summary."""
        return [self[name] for name in self.fields if name in self.errors]

    @property
    def given(self) -> str:
        """The name of a valid form."""
        return str(self.cleaned_data["name"])
