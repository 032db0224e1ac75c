"""The form of a callback. It builds the published body, and the wire's own rules judge that."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from callbacks.delivery.addresses import check_target
from callbacks.delivery.policy import Policy
from console.callbacks.forms.attributes import (
    ROWS,
    AttributeRow,
    attribute_fields,
    attribute_values,
    attributes_of,
    filled_rows,
    kept_rows,
    show_kept,
)
from console.callbacks.words import TYPE_TITLES
from fleets.words.sentences import said
from protocol.canonical import JsonObject, Subscribe
from protocol.canonical.masked import same_host
from protocol.errors import Invalid
from protocol.v3 import decode_subscribe

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

_WHOLE = re.compile(r"\d{1,18}", re.ASCII)

# What a new callback can be started from: a title, and values of the form.
EXAMPLES: dict[str, tuple["StrOrPromise", dict[str, Any]]] = {
    "each": (_("Each event at once"), {"policy": "Bounded", "retry_number": "3", "retry_delay": "10"}),
    "batches": (
        _("Many events in one request"),
        {"policy": "Always", "always_delay": "60", "batches": "together", "batch_size": "100", "batch_window": "60"},
    ),
    "token": (
        _("With a token, and the vehicle in the address"),
        {
            "type1": "Header",
            "key1": "Authorization",
            "value1": "Bearer the-token-of-the-other-system",
            "type2": "Query",
            "key2": "vin",
            "value2": "$vin",
        },
    ),
}


def _text(label: "StrOrPromise", help_text: "StrOrPromise" = "", **attrs: str) -> forms.CharField:
    """A text field that the wire judges, not Django."""
    return forms.CharField(required=False, label=label, help_text=help_text, widget=forms.TextInput(attrs=attrs))


def _number(label: "StrOrPromise", help_text: "StrOrPromise" = "", placeholder: str = "") -> forms.CharField:
    return _text(label, help_text, inputmode="numeric", placeholder=placeholder, autocomplete="off")


def _whole(text: str) -> int | str:
    """A whole number; what is none is passed on as it was typed, and the wire says what is wrong with it."""
    return int(text) if _WHOLE.fullmatch(text) else text


@dataclass(frozen=True)
class Way:
    """One way to choose, and the fields that belong to it."""

    name: str
    title: "StrOrPromise"
    help: "StrOrPromise" = ""
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Choice:
    """A way as the page shows it."""

    way: Way
    chosen: bool
    fields: list[BoundField]


_POLICIES = (
    Way("Bounded", _("Try again a few times"), fields=("retry_number", "retry_delay")),
    Way("Always", _("Try again until it arrives"), _("For 3 days at the most."), ("always_delay",)),
    Way("None", _("Don't try again"), _("You can still send it again by hand.")),
)
_BATCHES = (
    Way("each", _("Each event at once, in a request of its own")),
    Way("together", _("Several events in one request"), fields=("batch_size", "batch_window")),
)
_SECONDS = _("In seconds: 60 is a minute, 3600 an hour.")


class CallbackForm(forms.Form):
    """`stored` is the body of the callback that is edited, empty for a new one; what the form has no field for is kept.

    A valid form has `subscribe`, what is to be registered. The values of stored headers are never shown: a field that
    is left empty keeps its value.
    """

    use_required_attribute = False
    subscribe: Subscribe

    name = _text(_("Name"), _("What it is for, such as the name of the other system."), autocomplete="off")
    label = _text(_("Label"), _("If you like: what your own lists call it, instead of its name."))
    target = _text(
        _("Address"),
        _("Where the notifications go to: an address of the other system that takes POST requests."),
        inputmode="url",
        placeholder="https://booking.example.com/fleetremote",
        spellcheck="false",
        autocomplete="off",
    )
    remote_types = forms.MultipleChoiceField(
        required=False,
        label=_("Remote types"),
        choices=list(TYPE_TITLES.items()),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("There is no remote type “%(value)s”.")},
    )
    policy = _text(_("When the other system does not take a notification"))
    retry_number = _number(_("How many more times"), placeholder="3")
    retry_delay = _number(_("Time between two tries"), _SECONDS, placeholder="10")
    always_delay = _number(_("Time between two tries"), _SECONDS, placeholder="10")
    batches = _text(_("How events are sent"))
    batch_size = _number(_("Events in one request, at the most"), placeholder="100")
    batch_window = _number(_("Longest wait after the first event"), _SECONDS, placeholder="60")

    def __init__(self, data: Mapping[str, Any] | None = None, *, stored: JsonObject | None = None, **more: Any) -> None:
        self.stored = stored or {}
        more["initial"] = {"policy": "Bounded", "batches": "each"} | _values(self.stored) | more.get("initial", {})
        super().__init__(data, **more)
        self.fields.update(attribute_fields())
        show_kept(self, self._stored_attributes)

    @property
    def policies(self) -> list[Choice]:
        return self._choices("policy", _POLICIES)

    @property
    def batch_ways(self) -> list[Choice]:
        return self._choices("batches", _BATCHES)

    @property
    def rows(self) -> list[AttributeRow]:
        """The rows of attributes that are in use, and some to go on with."""
        shown = self.initial.get("rows") or filled_rows(self) + 2
        return [
            AttributeRow(number, self[f"type{number}"], self[f"key{number}"], self[f"value{number}"])
            for number in range(1, min(ROWS, shown) + 1)
        ]

    @property
    def can_grow(self) -> bool:
        return len(self.rows) < ROWS

    @property
    def wrong(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name in self.errors]

    def draft(self, asked: str) -> "CallbackForm":
        """The form as it was filled in so far, without a judgement; `asked`: rows (more of them) or remove-N."""
        values = {name: self[name].data for name in self.fields}
        shown = len(self.rows)
        removed = asked.removeprefix("remove-")
        if _WHOLE.fullmatch(removed) and 1 <= int(removed) <= shown:
            values |= _without_row(values, int(removed))
            focus, shown = f"key{max(int(removed) - 1, 1)}", max(shown - 1, 1)
        else:
            focus, shown = f"key{min(shown + 1, ROWS)}", shown + 3
        form = CallbackForm(stored=self.stored, initial=values | {"rows": shown})
        form.fields[focus].widget.attrs["autofocus"] = True
        return form

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors:
            self._judge()
        return cleaned

    def _judge(self) -> None:
        try:
            self.subscribe = decode_subscribe(self._body())
            check_target(self.subscribe.target)
        except Invalid as error:
            self.add_error(self._place_of(error.path), sentence(error.message))
        else:
            self._keep_secrets()

    def _keep_secrets(self) -> None:
        """A secret goes to the host that it was given for: nobody reads it by having it sent to them."""
        if self.stored and not same_host(self.subscribe.target, self.stored["callback"]["webhook"]["target"]):
            for row in kept_rows(self.cleaned_data, self._stored_attributes):
                self.add_error(f"value{row}", gettext("Enter it again: it would be sent to another host."))

    def _body(self) -> JsonObject:
        """The published body (RemoteCallbackSubscribe) as it was filled in, right or wrong."""
        callback = self.stored.get("callback", {})
        webhook = {**callback.get("webhook", {}), "name": self._text("name"), "target": self._text("target")}
        body = {
            **self.stored,
            "callback": {**callback, "webhook": _with(webhook, "attributes", self._attributes())},
            "retryPolicy": self._policy(),
        }
        body = _with(body, "label", self._text("label"))
        body = _with(body, "remoteTypes", self.cleaned_data["remote_types"])
        return _with(body, "batchNotify", self._batches())

    def _policy(self) -> JsonObject:
        policy: JsonObject = {"policy": self._text("policy")}
        if policy["policy"] == "Bounded":
            policy = _with(policy, "retryNumber", _whole(self._text("retry_number")))
        if policy["policy"] in ("Bounded", "Always"):
            policy = _with(policy, "retryDelay", _whole(self._text(self._delay)))
        return policy

    def _batches(self) -> JsonObject | None:
        if self._text("batches") != "together":
            return None
        batches = _with({}, "size", _whole(self._text("batch_size")))
        return _with(batches, "timeWindow", _whole(self._text("batch_window")))

    def _attributes(self) -> list[JsonObject]:
        return [attribute for _, attribute in attributes_of(self.cleaned_data, self._stored_attributes)]

    def _place_of(self, path: str) -> str | None:
        """The field that the path names, or the nearest one that it lies in; None: above the form."""
        known = _PLACES | {"retryPolicy.retryDelay": self._delay}
        webhook = "callback.webhook.attributes"
        for index, (row, _attribute) in enumerate(attributes_of(self.cleaned_data, self._stored_attributes)):
            here = f"{webhook}[{index}]"
            known |= {here: f"key{row}", f"{here}.value": f"value{row}", f"{here}.type": f"type{row}"}
        while path and path not in known:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return known.get(path)

    @property
    def _delay(self) -> str:
        return "always_delay" if self._text("policy") == "Always" else "retry_delay"

    @property
    def _stored_attributes(self) -> list[JsonObject]:
        found: list[JsonObject] = self.stored.get("callback", {}).get("webhook", {}).get("attributes", [])
        return found

    def _text(self, name: str) -> str:
        return str(self.cleaned_data[name])

    def _choices(self, name: str, ways: tuple[Way, ...]) -> list[Choice]:
        chosen = self[name].value()
        return [Choice(way, way.name == chosen, [self[field] for field in way.fields]) for way in ways]


_PLACES = {
    "label": "label",
    "remoteTypes": "remote_types",
    "retryPolicy": "policy",
    "retryPolicy.retryNumber": "retry_number",
    "batchNotify": "batch_size",
    "batchNotify.timeWindow": "batch_window",
    "callback.webhook.name": "name",
    "callback.webhook.target": "target",
    "callback.webhook.attributes": "key1",
}


def _with(body: JsonObject, key: str, value: Any) -> JsonObject:
    """`body` with the value, without the key where there is none."""
    kept = {name: item for name, item in body.items() if name != key}
    return kept if value in (None, "", []) else {**kept, key: value}


def _without_row(values: Mapping[str, Any], gone: int) -> dict[str, Any]:
    """The rows with those below the one that goes moved up."""
    moved: dict[str, Any] = {}
    for row in range(gone, ROWS + 1):
        moved |= {f"{part}{row}": values.get(f"{part}{row + 1}") for part in ("type", "key", "value")}
    return moved


def _values(stored: JsonObject) -> dict[str, Any]:
    """The values of the form for a body that is registered."""
    if not stored:
        return {}
    webhook, retry, batches = (
        stored["callback"]["webhook"],
        stored.get("retryPolicy", {}),
        stored.get("batchNotify", {}),
    )
    policy = Policy.of(stored)
    together = bool(batches.get("size"))
    return {
        "name": webhook["name"],
        "label": stored.get("label", ""),
        "target": webhook["target"],
        "remote_types": stored.get("remoteTypes", []),
        "policy": policy.name,
        "retry_number": retry.get("retryNumber", ""),
        "always_delay" if policy.name == "Always" else "retry_delay": retry.get("retryDelay", ""),
        "batches": "together" if together else "each",
        "batch_size": batches["size"] if together else "",
        "batch_window": batches.get("timeWindow", ""),
        **attribute_values(webhook.get("attributes", [])),
    }


def sentence(words: str) -> str:
    """What the wire says is wrong, as a form says it."""
    if words in ("is required", "must not be empty"):
        return gettext("This is missing.")
    return said(f"{words[:1].upper()}{words[1:].rstrip('.')}.")
