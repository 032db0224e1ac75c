"""What a person fills in for a bulk command: the command, why, how carefully, and the confirmation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from campaigns.bulk.planning import MOST
from campaigns.bulk.rules import Care
from console.forms import REMOTE_FORMS, RemoteForm
from console.vehicle.panel import Group, panel_of
from fleets.models import Fleet, Gateway, Vehicle
from protocol.canonical import Remote
from protocol.catalogue import COMMANDS, REMOTE_TYPES, Command, RemoteType
from remotes.asking.ask import MAX_REASON
from remotes.models import SavedCommand

_GREATEST = 2**31 - 1
_FASTEST = 6000
_SAVED = "saved-"

_LIVES = [
    ("", _("As usual for the command")),
    ("5", _("5 minutes")),
    ("15", _("15 minutes")),
    ("60", _("1 hour")),
    ("240", _("4 hours")),
    ("1440", _("24 hours")),
]


def _whole(label: Any, help_text: Any, least: int, most: int, initial: int | None, *, required: bool = True) -> Any:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        min_value=least,
        max_value=most,
        initial=initial,
        required=required,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Enter a whole number."),
            "invalid": _("Enter a whole number."),
            "min_value": _("%(limit_value)d at the least."),
            "max_value": _("%(limit_value)d at the most."),
        },
    )


class BulkForm(forms.Form):
    """How a bulk command goes out, and which ready-made or saved command, where no form of its own describes it."""

    use_required_attribute = False

    command = forms.ChoiceField(
        label=_("Command"),
        error_messages={"required": _("Choose a command."), "invalid_choice": _("Choose a command.")},
    )
    canary_size = _whole(_("Try it first with"), _("vehicles; 0 leaves this out."), 0, MOST, 5)
    canary_share = _whole(_("Go on if these succeed"), _("percent of the first vehicles."), 1, 100, 80)
    pace = _whole(_("Pace"), _("vehicles in a minute at the most."), 1, _FASTEST, 60)
    abort_share = _whole(
        _("End it when these fail"),
        _("percent of those that have ended, once 10 have; empty never ends it."),
        1,
        100,
        25,
        required=False,
    )
    life = forms.ChoiceField(
        label=_("Send within"),
        help_text=_("A vehicle that can't be sent its command in this time is given up."),
        choices=_LIVES,
        required=False,
    )
    reason = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={
            "required": _("Say why: it is kept in the history of each vehicle."),
            "max_length": _("At most %(limit_value)d characters."),
        },
        help_text=_("It is kept in the history of each vehicle. Dangerous commands need it."),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        options: RemoteForm | None = None,
        sends: frozenset[str],
        saved: Sequence[SavedCommand] = (),
        **more: Any,
    ) -> None:
        """With `options`, the form of a remote type, no other command is asked for; else one of types in `sends`."""
        super().__init__(data, **more)
        self.options = options
        self.saved = {f"{_SAVED}{command.public_id}": command for command in saved}
        if options is not None:
            del self.fields["command"]
        else:
            ready = [(name, _(each.title)) for name, (entry, each) in COMMANDS.items() if entry.name in sends]
            kept = [(name, command.name) for name, command in self.saved.items()]
            self.fields["command"].choices = [*ready, *kept]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean() or {}
        chosen = self.remote_type
        if chosen is not None and chosen.dangerous and not cleaned.get("reason") and "reason" not in self.errors:
            self.add_error("reason", self.fields["reason"].error_messages["required"])
        return cleaned

    @property
    def remote_type(self) -> RemoteType | None:
        """The type of what is chosen, as far as it is."""
        if self.options is not None:
            return self.options.remote_type
        name = self.cleaned_data.get("command", "")
        if name in self.saved:
            return self.saved[name].remote.remote_type
        return COMMANDS[name][0] if name in COMMANDS else None

    @property
    def remote(self) -> Remote:
        """What each vehicle is asked; both forms are valid."""
        if self.options is not None:
            return self.options.remote
        name = self.cleaned_data["command"]
        if name in self.saved:
            return self.saved[name].remote
        remote_type, command = COMMANDS[name]
        return Remote(remote_type, command.payload)

    @property
    def care(self) -> Care:
        asked = self.cleaned_data
        return Care(asked["pace"], asked["canary_size"], asked["canary_share"], asked["abort_share"])

    @property
    def time_to_live(self) -> timedelta | None:
        minutes = self.cleaned_data["life"]
        return timedelta(minutes=int(minutes)) if minutes else None

    @property
    def given_reason(self) -> str:
        return str(self.cleaned_data["reason"]).strip()

    @property
    def care_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in ("canary_size", "canary_share", "pace", "abort_share", "life")]

    @property
    def wrong(self) -> list[forms.BoundField]:
        """The fields with an error, for the summary."""
        return [self[name] for name in self.fields if name in self.errors]


class StartForm(forms.Form):
    """The confirmation: for a dangerous command the number of vehicles, typed, so that nobody presses too quickly."""

    number = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"})
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, number: int, is_dangerous: bool) -> None:
        super().__init__(data)
        self.wanted = number
        self.is_dangerous = is_dangerous

    def clean_number(self) -> str:
        typed = str(self.cleaned_data["number"]).strip()
        if self.is_dangerous and typed != str(self.wanted):
            raise forms.ValidationError(_("Type the number of vehicles."))
        return typed


class ListForm(forms.Form):
    """GET parameters of the lists; a broken one leads to the first page."""

    after = forms.IntegerField(required=False, min_value=0, max_value=_GREATEST)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    only = forms.CharField(required=False)

    def value(self, name: str) -> Any:
        self.is_valid()
        return self.cleaned_data.get(name)


def saved_of(fleet: Fleet, sends: frozenset[str]) -> list[SavedCommand]:
    """What the fleet has under a name, can still be sent without a reason, and is of the types in `sends`."""
    able = [name for name, entry in REMOTE_TYPES.items() if name in sends and not entry.dangerous]
    return list(fleet.saved_commands.filter(remote_type__in=able).order_by("name"))


def stand_in(fleet: Fleet) -> Vehicle:
    """A vehicle that can do everything, for the forms of remote types: what each one can do is looked at later."""
    dialects = set(Gateway.objects.filter(upstream_fleets__fleet=fleet).values_list("dialect", flat=True))
    dialect = Gateway.Dialect.V1 if dialects == {Gateway.Dialect.V1} else Gateway.Dialect.V3
    return Vehicle(fleet=fleet, gateway=Gateway(dialect=dialect))


@dataclass(frozen=True)
class CommandGroup:
    """Ready-made commands that belong together, and the remote types of them that have options."""

    title: str
    commands: list[Command]
    forms: list[RemoteType]
    is_dangerous: bool


def groups_of(fleet: Fleet, sends: frozenset[str]) -> list[CommandGroup]:
    """All that can be asked of vehicles of the fleet of the types in `sends`, as their panels group it."""
    panel = panel_of(stand_in(fleet), sends)
    dangerous = [] if panel.dangerous.is_empty else [_group(panel.dangerous, is_dangerous=True)]
    return [_group(group) for group in panel.groups] + dangerous


def _group(group: Group, *, is_dangerous: bool = False) -> CommandGroup:
    commands = [command for entry in group.types for command in entry.commands]
    # A form that asks nothing more than its commands do is left out.
    with_options = [entry for entry in group.forms if any(way.has_body for way in REMOTE_FORMS[entry.name].ways)]
    return CommandGroup(str(group.title), commands, with_options, is_dangerous)


def options_of(name: str, fleet: Fleet, data: Mapping[str, Any] | None) -> RemoteForm | None:
    """The form of the remote type with this name, None where there is none."""
    form = REMOTE_FORMS.get(name)
    return form(data, vehicle=stand_in(fleet)) if form is not None and name in REMOTE_TYPES else None
