"""Forms: which alerts a person wants, and a fleet's alert webhook."""

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from alerts.choices import ALL
from alerts.deciding import CHOOSABLE, OF_VEHICLES
from callbacks.delivery.addresses import check_target
from callbacks.models import Callback
from console.callbacks.forms.callback import sentence
from protocol.canonical import JsonObject, Subscribe
from protocol.canonical.attributes import is_secret
from protocol.canonical.masked import same_host
from protocol.errors import Invalid
from protocol.v3 import decode_subscribe
from remotes.models import Alert

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Until it arrives, for 3 days: an alert that comes late is better than none.
_RETRY = {"policy": "Always", "retryDelay": 60}

# What a webhook's form has a field for, by its path in the body.
_PLACES = {"callback.webhook.name": "name", "callback.webhook.target": "target"}


class KindsField(forms.MultipleChoiceField):
    """Kinds of alerts; none chosen is none."""

    def __init__(self, label: "StrOrPromise", kinds: Collection[str] = ALL) -> None:
        choices = [(kind.value, kind.label) for kind in Alert.Kind if kind in kinds]
        super().__init__(required=False, label=label, choices=choices, widget=forms.CheckboxSelectMultiple)


class ChoiceForm(forms.Form):
    """What a person is told by e-mail; whoever is `narrowed` to some vehicles only of these."""

    kinds = KindsField(_("E-mail me about"), CHOOSABLE)

    def __init__(self, *given: Any, narrowed: bool, **named: Any) -> None:
        super().__init__(*given, **named)
        if narrowed:
            self.fields["kinds"] = KindsField(self.fields["kinds"].label or "", OF_VEHICLES)


class WebhookForm(forms.Form):
    """An alert webhook; `stored` is the body of the one that is edited. A valid form has `subscribe`."""

    use_required_attribute = False
    subscribe: Subscribe

    name = forms.CharField(required=False, label=_("Name"), help_text=_("What it is for, such as the on-call system."))
    target = forms.CharField(
        required=False,
        label=_("Address"),
        help_text=_("An https address of the other system, to which alerts are posted."),
        widget=forms.TextInput(attrs={"inputmode": "url", "spellcheck": "false", "autocomplete": "off"}),
    )
    kinds = KindsField(_("Alerts that go there"))

    def __init__(self, data: Mapping[str, Any] | None = None, *, stored: JsonObject | None = None, **more: Any) -> None:
        self.stored = stored or {}
        super().__init__(data, **more)

    @property
    def wrong(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name in self.errors]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        if not self.errors:
            try:
                self.subscribe = decode_subscribe(self._body())
                check_target(self.subscribe.target)
            except Invalid as error:
                self.add_error(_PLACES.get(error.path), sentence(error.message))
            else:
                self._keep_secrets()
        return cleaned

    def _keep_secrets(self) -> None:
        """A secret goes to the host that it was given for: nobody reads it by having it sent to them."""
        webhook = self.stored.get("callback", {}).get("webhook", {})
        has_secrets = any(map(is_secret, webhook.get("attributes", ())))
        if has_secrets and not same_host(self.subscribe.target, webhook["target"]):
            words = _("It sends a secret to its present host. Change both under “how it is delivered”.")
            self.add_error("target", words)

    def save(self, callback: Callback) -> None:
        """Take over what a valid form holds, but for the kinds."""
        callback.register(self.subscribe)
        callback.save()

    def _body(self) -> JsonObject:
        callback = self.stored.get("callback", {})
        given = {"name": self.cleaned_data["name"], "target": self.cleaned_data["target"]}
        webhook = {**callback.get("webhook", {}), **given}
        return {"retryPolicy": _RETRY, **self.stored, "callback": {**callback, "webhook": webhook}}
