"""What a person fills in for a schedule: for whom, which command, when, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from console.forms import RemoteForm
from console.schedules import fields
from console.schedules.prepared import PREPARABLE, ready_made
from console.schedules.when_form import USUAL, WhenForm, when_initial
from console.schedules.whom_form import KEEP, WhomForm, whom_initial
from console.schedules.words import command_title
from fleets.models import Fleet, SavedView
from fleets.words.why import say
from protocol.canonical import Remote
from remotes.asking.ask import MAX_REASON
from remotes.checks.checks import why_unable
from remotes.models import SavedCommand, Schedule
from remotes.words.titles import title_of

_SAVED = "saved-"
_GREATEST_ID = 2**63 - 1


@dataclass(frozen=True)
class Offer:
    """What can be chosen in a fleet, and the schedule that is changed, if it is no new one.

    `sends`: the remote types that the person may send.
    """

    fleet: Fleet
    views: Sequence[SavedView]
    saved: Sequence[SavedCommand]
    sends: frozenset[str]
    schedule: Schedule | None = None


class ScheduleForm(WhomForm, WhenForm):
    """A schedule. With `options`, the form of a remote type, no other command is asked for."""

    use_required_attribute = False

    name = fields.text(_("Name"), 60, _("It stands in the history of each vehicle."))
    command = forms.ChoiceField(
        label=_("Command"),
        error_messages={"required": _("Choose a command."), "invalid_choice": _("Choose a command.")},
    )
    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": _("At most %(limit_value)d characters.")},
        help_text=_("If you like: it is kept in the history of each vehicle."),
    )
    field_order = ("name", "whom", "vehicle", "search", "saved_view", "command", "rhythm", "date", "days", "time")

    def __init__(
        self,
        offer: Offer,
        data: Mapping[str, Any] | None = None,
        *,
        options: RemoteForm | None = None,
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        kept = _initial(offer.schedule) if offer.schedule else {}
        super().__init__(data, initial=USUAL | kept | dict(initial or {}))
        self.options, self.sends = options, offer.sends
        self.saved = {f"{_SAVED}{command.public_id}": command for command in offer.saved}
        self.offer_views(offer.fleet, offer.schedule, offer.views)
        if options is None:
            self._offer_commands()
        else:
            del self.fields["command"]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        is_chosen = self.options.is_valid() if self.options is not None else bool(cleaned.get("command"))
        if self.found and is_chosen:
            problem = why_unable(self.found, self.remote.remote_type, self.remote.payload)
            if problem:
                self.add_error("command" if self.options is None else None, say(problem))
        return cleaned

    @property
    def remote(self) -> Remote:
        """What each vehicle is asked; all that is chosen is valid."""
        if self.options is not None:
            return self.options.remote
        name = self.cleaned_data["command"]
        if name == KEEP and self.schedule is not None:
            return self.schedule.remote
        return self.saved[name].remote if name in self.saved else ready_made(name)

    @property
    def values(self) -> dict[str, Any]:
        """The fields of a schedule, by a valid form."""
        remote = self.remote
        return {
            "name": self.cleaned_data["name"].strip(),
            "remote_type": remote.remote_type.name,
            "payload": remote.payload,
            "extra": remote.extra,
            "saved_command": self._saved_command(),
            "reason": self.cleaned_data["reason"].strip(),
            **self.whom_values,
            **self.when_values,
        }

    @property
    def wrong(self) -> list[BoundField]:
        """The fields with an error, for the summary."""
        return [self[name] for name in self.fields if name in self.errors]

    @property
    def kept_title(self) -> str:
        """The command that the schedule has."""
        return command_title(self.schedule) if self.schedule is not None else ""

    def _saved_command(self) -> SavedCommand | None:
        name = self.cleaned_data.get("command", "")
        if name == KEEP and self.schedule is not None:
            return self.schedule.saved_command
        return self.saved.get(name)

    def _offer_commands(self) -> None:
        ready = [(name, command) for name, (entry, command) in PREPARABLE.items() if entry.name in self.sends]
        choices = [(name, title_of(command)) for name, command in ready]
        choices += [(name, command.name) for name, command in self.saved.items()]
        if self.schedule is not None:
            choices.append((KEEP, self.kept_title))
        self.fields["command"].choices = choices  # type: ignore[attr-defined]


class ListForm(forms.Form):
    """GET parameters of the lists; a broken one leads to the first page."""

    before = forms.IntegerField(required=False, min_value=1, max_value=_GREATEST_ID)
    after = forms.CharField(required=False, max_length=100)
    state = forms.ChoiceField(required=False, choices=Schedule.State.choices)

    def value(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)


def _initial(schedule: Schedule) -> dict[str, Any]:
    given = {"name": schedule.name, "command": KEEP, "reason": schedule.reason}
    return given | whom_initial(schedule) | when_initial(schedule)
