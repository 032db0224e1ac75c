"""What the forms of all remote types share: ways to choose from, a note, and errors of the wire beside their fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from console.forms.limits import narrow, refused_words
from fleets.models import Vehicle
from fleets.vehicles import ability
from fleets.vehicles.capabilities import allowed, refusal
from fleets.words.sentences import said
from protocol.canonical import JsonObject, Remote
from protocol.canonical.travel import cannot_travel
from protocol.catalogue import REMOTE_TYPES, RemoteType
from protocol.errors import Invalid
from protocol.v3 import decode_remote
from remotes.asking.ask import rules_of
from remotes.words.describe import describe, seconds_words

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

FIELDS = "forms/fields.html"

# Within how many minutes an action may be sent at the most; otherwise as the fleet has it.
_WITHIN = (1, 5, 15, 30, 60, 120, 240, 480, 720, 1440)
# What wakes the vehicle can't wait for its waking.
_WAKES = "WakeUp"

_CHOOSE = _("Choose what to do.")
_CAN_NOT = _("The manufacturer says that this vehicle can't do it.")
_NOT_TAKEN = _("The API of this vehicle's cloud does not take it.")


@dataclass(frozen=True)
class Way:
    """One thing that a remote type can be asked to do: a choice, and the fields that belong to it.

    `command` names the ready-made command that does the same, whose warning then stands in the confirmation.
    `template` renders the fields where a plain list of them does not fit. `probes` are payloads of this way, as far as
    capabilities look at them: a vehicle that can do none of them can't do it this way. A way without fields needs none.
    `example` is a whole payload of this way, where there are APIs that have no place for it.
    """

    name: str
    title: "StrOrPromise"
    help: "StrOrPromise" = ""
    fields: tuple[str, ...] = ()
    command: str = ""
    template: str = FIELDS
    probes: tuple[JsonObject, ...] = ()
    example: JsonObject | None = None

    @property
    def has_body(self) -> bool:
        return bool(self.fields) or self.template != FIELDS


@dataclass(frozen=True)
class ErrorPlace:
    """Where an error of the wire is shown: beside a field (None: above the form), in better words if there are any."""

    field: str | None
    words: "StrOrPromise" = ""


@dataclass(frozen=True)
class Choice:
    """A way as the page shows it; `why_not` says why the vehicle can't do it, and is empty as far as anybody knows."""

    way: Way
    chosen: bool
    why_not: "StrOrPromise"
    fields: list[BoundField]

    @property
    def able(self) -> bool:
        return not self.why_not


class RemoteForm(forms.Form):
    """The form of one remote type. `payload` builds what is sent; protocol.v3 alone judges whether that is valid.

    `first` is the way that is chosen to begin with, `focus` the field to go on with where that is not the first one.
    `limited`: the path in the payload that a field fills in, where a vehicle may take less than the wire does.
    `shows_position`: whether it shows where the vehicle is.
    """

    type_name: ClassVar[str]
    ways: ClassVar[tuple[Way, ...]]
    first: ClassVar[str] = ""
    limited: ClassVar[Mapping[str, str]] = {}
    shows_position: ClassVar[bool] = False
    focus: str = ""
    use_required_attribute = False
    remote: Remote

    label = forms.CharField(
        required=False, label=_("Note"), help_text=_("If you like: why you send it. It is shown in the history.")
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, vehicle: Vehicle, **more: Any) -> None:
        super().__init__(data, **more)
        self.vehicle = vehicle
        self.limits = allowed(vehicle.capability_document, self.type_name)
        for name, path in self.limited.items():
            narrow(self.fields[name], self.limits.get(path, {}))
        self.fields["way"] = forms.ChoiceField(
            choices=[(way.name, way.title) for way in self.ways],
            required=len(self.ways) > 1,
            initial=self._begin_with,
            label=_("What to do"),
            widget=forms.RadioSelect,
            error_messages={"required": _CHOOSE, "invalid_choice": _CHOOSE},
        )
        if not self.remote_type.urgent:
            self._add_wishes()

    def _add_wishes(self) -> None:
        usual = rules_of(self.vehicle.fleet_id).time_to_live(self.remote_type)
        as_usual = gettext("%(duration)s, as usual in this fleet")
        choices = [("", as_usual % {"duration": seconds_words(round(usual.total_seconds()))})]
        choices += [(str(number), seconds_words(number * 60)) for number in _WITHIN]
        self.fields["within"] = forms.ChoiceField(
            required=False, choices=choices, label=_("Send within"), help_text=_("After that it is never sent.")
        )
        if self.type_name != _WAKES:
            self.fields["when_awake"] = forms.BooleanField(
                required=False,
                label=_("Only when it is awake anyway"),
                help_text=_("It waits for the vehicle's next waking, and spends no wake-up."),
            )

    def payload(self, way: str) -> JsonObject:
        """The payload as it was filled in, right or wrong."""
        raise NotImplementedError

    def places(self, way: str) -> dict[str, ErrorPlace]:
        """Where the errors of the payload belong, by their path below the payload."""
        return {}

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors:
            self._judge()
        return cleaned

    @property
    def remote_type(self) -> RemoteType:
        return REMOTE_TYPES[self.type_name]

    @property
    def chosen(self) -> Way:
        """What was chosen; the only thing that there is, where there is no choice."""
        name = self.text("way")
        return next((way for way in self.ways if way.name == name), self.ways[0])

    @property
    def choices(self) -> list[Choice]:
        """The ways with their fields."""
        asked = self.text("way")
        return [
            Choice(
                way, way.name == asked, self._why_not(way), [self[name] for name in way.fields if self._offers(name)]
            )
            for way in self.ways
        ]

    def _offers(self, name: str) -> bool:
        """Whether the vehicle and its cloud take what the field fills in; one that was filled in all the same stays."""
        path = self.limited.get(name)
        return path is None or name in self.errors or ability.takes(self.vehicle, self.remote_type, path)

    @property
    def _begin_with(self) -> str:
        """The way that is chosen to begin with; another one where the vehicle can't do it."""
        able = [way.name for way in self.ways if not self._why_not(way)]
        return self.first if self.first in able or not self.first else next(iter(able), "")

    def _why_not(self, way: Way) -> "StrOrPromise":
        document = self.vehicle.capability_document
        probes = way.probes or (() if way.has_body else (self.payload(way.name),))
        if probes and all(refusal(document, self.type_name, probe) for probe in probes):
            return _CAN_NOT
        dialect = self.vehicle.gateway.dialect
        stays = way.example is not None and cannot_travel(self.remote_type, way.example, dialect)
        return _NOT_TAKEN if stays else ""

    @property
    def has_choice(self) -> bool:
        return len(self.ways) > 1

    @property
    def wishes(self) -> list[BoundField]:
        """The fields that say how it is to be sent; none for what is urgent."""
        return [self[name] for name in ("within", "when_awake") if name in self.fields]

    @property
    def time_to_live(self) -> timedelta | None:
        """What a valid form wishes; None: as the fleet has it."""
        minutes = self.cleaned_data.get("within")
        return timedelta(minutes=int(minutes)) if minutes else None

    @property
    def when_awake(self) -> bool:
        return bool(self.cleaned_data.get("when_awake"))

    @property
    def summary(self) -> str:
        """What a valid form asks for, in a few words."""
        return describe(self.remote.remote_type, self.remote.payload)

    @property
    def wrong(self) -> list[tuple[BoundField, str]]:
        """The fields with an error and what they are called where they stand alone, for the summary."""
        return [(self[name], self.full_label(name)) for name in self.fields if name in self.errors]

    def full_label(self, name: str) -> str:
        return str(self[name].label)

    def draft(self) -> "RemoteForm":
        """The same form as it was filled in so far, without a judgement."""
        values = {name: self[name].data for name in self.fields}
        return type(self)(vehicle=self.vehicle, initial=values)

    def text(self, name: str) -> str:
        """What stands in a field, checked or not."""
        value = self[name].value()
        return value.strip() if isinstance(value, str) else ""

    def flag(self, name: str) -> bool:
        return self[name].value() is True

    def texts(self, name: str) -> list[str]:
        value = self[name].value()
        return [str(item) for item in value] if isinstance(value, list | tuple) else []

    def _judge(self) -> None:
        """Ask the wire whether the body is valid, then what is known of the vehicle whether it can be done."""
        body: JsonObject = {self.remote_type.v3.key: self.payload(self.chosen.name)}
        if note := self.text("label"):
            body["label"] = note
        try:
            self.remote = decode_remote(body)
        except Invalid as error:
            place = self._place_of(error.path)
            self.add_error(place.field, place.words or _sentence(error.message))
            return
        why = ability.why_unable(self.vehicle, self.remote_type, self.remote.payload)
        if why is not None:
            path, _, _ = str(why.values.get("path", "")).partition(":")
            self.add_error(self._place_of(path).field, refused_words(why))

    def _place_of(self, path: str) -> ErrorPlace:
        """The place of the field that the path names, or of the nearest one that it lies in."""
        key = self.remote_type.v3.key
        known = {f"{key}.{inner}": place for inner, place in self.places(self.chosen.name).items()}
        known |= {"label": ErrorPlace("label")}
        while path and path not in known:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return known.get(path, ErrorPlace("way" if self.has_choice else None))


def _sentence(words: str) -> str:
    """What the wire says is English, but for what is said most."""
    if words == "is required":
        return gettext("This is missing.")
    return said(f"{words[:1].upper()}{words[1:]}.")


def short_text(label: "StrOrPromise", help_text: "StrOrPromise" = "", **attrs: str) -> forms.CharField:
    """A text field that the wire judges, not Django."""
    return forms.CharField(required=False, label=label, help_text=help_text, widget=forms.TextInput(attrs=attrs))


def choice_of(
    label: "StrOrPromise",
    choices: "Sequence[tuple[str, StrOrPromise]]",
    initial: str = "",
    help_text: "StrOrPromise" = "",
) -> forms.CharField:
    """A list to choose from, whose value the wire judges."""
    return forms.CharField(
        required=False, label=label, help_text=help_text, initial=initial, widget=forms.Select(choices=choices)
    )
