"""Forms of API clients. What they take is held to what the person may give (fleets/programs/giving.py)."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from fleets.models import ApiClient, Fleet
from fleets.programs.certificates import LONGEST, fingerprint_of
from fleets.programs.giving import NOTHING, Held, held_by, too_much
from fleets.programs.people import fleets_to_give, possible_owners
from fleets.storage import clock
from protocol.catalogue import REMOTE_TYPES
from remotes.words.titles import title_of

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

# Days that a password is good for.
_DAYS: list[tuple[str, "StrOrPromise"]] = [
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("A year")),
    ("", _("Until somebody ends it")),
]
_MOST_REQUESTS = 2_000_000_000


class FormWithErrors(forms.Form):
    """Knows its fields at fault."""

    use_required_attribute = False

    @property
    def wrong(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name in self.errors]


class SecretForm(FormWithErrors):
    """A further password. A valid form has `ends_at`."""

    secret_name = forms.CharField(
        max_length=100,
        required=False,
        label=_("Name of the password"),
        help_text=_("Where it is used, such as the server's name."),
    )
    days = forms.ChoiceField(choices=_DAYS, required=False, initial="365", label=_("It is good for"))

    def ends_at(self, until: datetime | None) -> datetime | None:
        """When it ends; not later than `until`, when the rights of whoever makes it end."""
        days = self.cleaned_data["days"]
        chosen = clock.now() + timedelta(days=int(days)) if days else None
        return min((at for at in (chosen, until) if at is not None), default=None)


class ClientForm(FormWithErrors):
    """What a client is and may; `client` is the one that is changed, `user` who does so."""

    name = forms.CharField(max_length=100, label=_("Name"), help_text=_("Which service it is, such as “Booking”."))
    fleets = forms.ModelMultipleChoiceField(
        Fleet.objects.none(), required=False, label=_("Fleets that it uses"), widget=forms.CheckboxSelectMultiple
    )
    every_type = forms.BooleanField(required=False, label=_("Every kind of action, also those that come later"))
    remote_types = forms.MultipleChoiceField(
        required=False, label=_("What it may send"), widget=forms.CheckboxSelectMultiple
    )
    sees_positions = forms.BooleanField(required=False, label=_("It may be told where vehicles are"))
    certificate = forms.CharField(
        required=False,
        max_length=LONGEST,
        label=_("Client certificate"),
        help_text=_(
            "Bind it to a certificate, so that a password alone opens nothing: paste the certificate (PEM) or its "
            "SHA-256 fingerprint. Empty: it is bound to none."
        ),
        widget=forms.Textarea(attrs={"rows": 3, "spellcheck": "false", "autocomplete": "off"}),
    )
    day_limit = forms.IntegerField(min_value=1, max_value=_MOST_REQUESTS, label=_("Requests in 24 hours"))
    burst_limit = forms.IntegerField(min_value=1, max_value=_MOST_REQUESTS, label=_("Requests in a second"))

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, user: User, client: ApiClient | None = None, **more: Any
    ) -> None:
        initial = _initial(client or ApiClient(sees_positions=False)) | more.pop("initial", {})
        super().__init__(data, initial=initial, **more)
        self._user = user
        self._before = held_by(client) if client is not None else NOTHING
        fleets, types = self.fields["fleets"], self.fields["remote_types"]
        assert isinstance(fleets, forms.ModelMultipleChoiceField)
        assert isinstance(types, forms.MultipleChoiceField)
        fleets.queryset = fleets_to_give(user).order_by("name", "pk")
        types.choices = [(name, title_of(entry)) for name, entry in REMOTE_TYPES.items()]

    def clean_certificate(self) -> str:
        """Its fingerprint."""
        given = str(self.cleaned_data["certificate"]).strip()
        if not given:
            return ""
        found = fingerprint_of(given)
        if not found:
            raise forms.ValidationError(gettext("This is no certificate in PEM, and no SHA-256 fingerprint."))
        if not settings.CLIENT_CERTIFICATE_HEADER and found != self.initial["certificate"]:
            raise forms.ValidationError(
                gettext(
                    "FleetRemote is not told of client certificates, so the client would not get in any more. Your "
                    "admin sets CLIENT_CERTIFICATE_HEADER first."
                )
            )
        return found

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not cleaned.get("every_type") and not cleaned.get("remote_types") and "remote_types" not in self.errors:
            self.add_error("remote_types", gettext("Choose what it may send, or every kind of action."))
        if not self.errors:
            self._check_gift()
        return cleaned

    @property
    def after(self) -> Held:
        """What the client has then."""
        given = self.cleaned_data
        types = None if given["every_type"] else frozenset(given["remote_types"])
        return Held(frozenset(fleet.pk for fleet in given["fleets"]), types, given["sees_positions"])

    def _check_gift(self) -> None:
        if not self.after.fleets and not self._user.is_superuser:
            self.add_error("fleets", gettext("Choose at least one fleet."))
            return
        excess = too_much(self._user, self._before, self.after)
        titles = ", ".join(str(title_of(entry)) for name, entry in REMOTE_TYPES.items() if name in excess.types)
        if titles:
            words = gettext("You may not send this yourself in all of these fleets, so you can't let it: %(types)s.")
            self.add_error("remote_types", words % {"types": titles})
        if excess.every_type:
            words = gettext("You may not send every kind of action yourself in all of these fleets: choose some.")
            self.add_error("every_type", words)
        if excess.positions:
            words = gettext("You may not see yourself where the vehicles of all these fleets are.")
            self.add_error("sees_positions", words)

    def save(self, client: ApiClient) -> None:
        """Take over what a valid form holds; a new client gets its row."""
        given = self.cleaned_data
        client.name = given["name"]
        client.remote_types = [] if given["every_type"] else [name for name in REMOTE_TYPES if name in self._types]
        client.sees_positions = given["sees_positions"]
        client.certificate_fingerprint = given["certificate"]
        client.day_limit, client.burst_limit = given["day_limit"], given["burst_limit"]
        client.save()
        client.fleets.set(given["fleets"])

    @property
    def _types(self) -> set[str]:
        return set(self.cleaned_data["remote_types"])


class NewClientForm(SecretForm, ClientForm):
    """A new client with its first password."""


class OwnerForm(FormWithErrors):
    """Who owns a client from now on."""

    owner = forms.ModelChoiceField(User.objects.none(), label=_("Owner"), empty_label=None)

    def __init__(self, data: Mapping[str, Any] | None = None, *, client: ApiClient) -> None:
        super().__init__(data, initial={"owner": client.owner_id})
        owner = self.fields["owner"]
        assert isinstance(owner, forms.ModelChoiceField)
        owner.queryset = possible_owners(client).order_by("username")


def _initial(client: ApiClient) -> dict[str, Any]:
    """The form's values of a client that may be new."""
    is_new = client.pk is None
    return {
        "name": client.name,
        "fleets": [] if is_new else list(client.fleets.values_list("pk", flat=True)),
        "every_type": not is_new and not client.remote_types,
        "remote_types": client.remote_types,
        "sees_positions": client.sees_positions,
        "certificate": client.certificate_fingerprint,
        "day_limit": client.day_limit,
        "burst_limit": client.burst_limit,
    }
