"""What an admin enters to connect an account, and which of its fleets are taken over."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django import forms
from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connections.draft import may_use_http
from connections.models import Connection
from fleets.models import ApiClient, Fleet, Gateway
from fleets.storage import clock
from fleets.words.why import say
from gateways.addresses import check_base_url, check_proxy_url
from gateways.certificates import (
    LARGEST_FILE,
    BadCertificate,
    Identity,
    as_pem,
    is_pkcs12,
    read_ca_bundle,
    read_pem,
    read_pkcs12,
)

_CODE = {"spellcheck": "false", "autocomplete": "off", "autocapitalize": "none"}
_NEVER_SHOWN = _("Empty: the present one stays. It is kept encrypted and never shown again.")


class _WithErrors(forms.Form):
    use_required_attribute = False

    @property
    def wrong(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name in self.errors]


class AccountForm(_WithErrors):
    """The account. A valid form has `credentials`: by field, without those that stay as they are."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What the connection is called here, such as Peugeot France.")
    )
    dialect = forms.ChoiceField(label=_("API"), choices=Gateway.Dialect.choices)
    base_url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_("Up to and with the version, such as https://api.example.com/connectedcar/v3."),
        widget=forms.TextInput(attrs={"inputmode": "url", **_CODE}),
    )
    client_id = forms.CharField(
        label=_("Client ID"), max_length=200, required=False, widget=forms.TextInput(attrs=_CODE)
    )
    username = forms.CharField(
        label=_("User name"), max_length=200, required=False, widget=forms.TextInput(attrs=_CODE)
    )
    password = forms.CharField(
        label=_("Password"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    certificate = forms.FileField(
        label=_("Client certificate"),
        required=False,
        help_text=_("PEM or DER with its chain, or a PKCS #12 file (.p12, .pfx) that holds the key, too."),
    )
    private_key = forms.FileField(label=_("Private key"), required=False, help_text=_("Not needed with PKCS #12."))
    key_password = forms.CharField(
        label=_("Password of the key or the PKCS #12 file"),
        required=False,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    ca_bundle = forms.FileField(
        label=_("CAs to trust"),
        required=False,
        help_text=_("Only where the cloud's certificate is not signed by a public authority (PEM)."),
    )
    no_ca_bundle = forms.BooleanField(label=_("Trust the public authorities again"), required=False)
    proxy = forms.CharField(
        label=_("Proxy"),
        required=False,
        help_text=_("Only where the cloud is reached through one, such as http://proxy.example.com:3128."),
        widget=forms.TextInput(attrs={"inputmode": "url", **_CODE}),
    )
    no_proxy = forms.BooleanField(label=_("Use no proxy any more"), required=False)

    def __init__(self, *args: Any, connection: Connection, **more: Any) -> None:
        super().__init__(*args, **more)
        self.connection = connection
        self.credentials: dict[str, str] = {}
        if connection.pk:
            self.fields["name"].disabled = True
        for name in ("password", "private_key", "proxy"):
            if getattr(connection, name):
                self.fields[name].help_text = _NEVER_SHOWN
        if not connection.ca_bundle:
            del self.fields["no_ca_bundle"]
        if not connection.proxy:
            del self.fields["no_proxy"]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        others = Connection.objects.exclude(pk=self.connection.pk or 0)
        gateways = Gateway.objects.exclude(pk=self.connection.gateway_id or 0)
        if others.filter(name=name).exists() or gateways.filter(name=name).exists():
            raise forms.ValidationError(gettext("There is a connection of this name already. Choose another name."))
        return name

    def clean_base_url(self) -> str:
        url = str(self.cleaned_data["base_url"])
        why = check_base_url(url, may_use_http(Connection(base_url=url, gateway=self.connection.gateway)))
        if why is not None:
            raise forms.ValidationError(say(why))
        return url

    def clean_proxy(self) -> str:
        proxy = str(self.cleaned_data["proxy"])
        why = check_proxy_url(proxy) if proxy else None
        if why is not None:
            raise forms.ValidationError(say(why))
        return proxy

    def clean_ca_bundle(self) -> str:
        content = _content(self.cleaned_data["ca_bundle"])
        if content is None:
            return ""
        try:
            read_ca_bundle(content)
            return as_pem(content)
        except BadCertificate as error:
            raise forms.ValidationError(say(error.why)) from None

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        kept: dict[str, str] = {name: given.get(name) or "" for name in ("client_id", "username")}
        kept |= {name: given[name] for name in ("password", "ca_bundle", "proxy") if given.get(name)}
        kept |= {name: "" for name in ("ca_bundle", "proxy") if given.get(f"no_{name}")}
        try:
            identity = self._identity(given)
        except BadCertificate as error:
            self.add_error("certificate", say(error.why))
        else:
            if identity is not None:
                kept |= {"certificate": identity.certificate, "private_key": identity.private_key}
        self._check_password_stays_where_it_is(given)
        self.credentials = kept
        return given

    def _check_password_stays_where_it_is(self, given: Mapping[str, Any]) -> None:
        """Nobody reads the present password by having it sent another way, to whoever listens there."""
        host = urlsplit(given.get("base_url") or self.connection.base_url).netloc
        # Until it is in use, other CAs are what the first test asks for.
        is_new_trust = self.connection.gateway_id is not None and given.get("ca_bundle")
        is_new_way = host != urlsplit(self.connection.base_url).netloc or given.get("proxy") or is_new_trust
        if self.connection.password and not given.get("password") and is_new_way:
            self.add_error("password", gettext("Enter the password again, since it would go another way than before."))

    def _identity(self, given: Mapping[str, Any]) -> Identity | None:
        certificate, key = _content(given.get("certificate")), _content(given.get("private_key"))
        password = given.get("key_password") or None
        if certificate is None:
            if key is not None:
                self.add_error("certificate", gettext("Give the certificate of this key, too."))
            return None
        if is_pkcs12(certificate):
            return read_pkcs12(certificate, password, clock.now())
        return read_pem(certificate, key or b"", password, clock.now())


def _content(file: UploadedFile | None) -> bytes | None:
    """A byte more than is allowed at the most, so that what is too large is found to be so."""
    return file.read(LARGEST_FILE + 1) if file else None


class FleetsForm(_WithErrors):
    """Which of the account's fleets are taken over, into which of ours, who manages them, and which client uses them.

    For each fleet a field `take-N` and one `into-N`. A valid form has `wanted`: our fleets by upstream ids.
    """

    takes_all = forms.BooleanField(
        label=_("Take over all, also those that come later"),
        required=False,
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
            raise forms.ValidationError(gettext("Choose one fleet at least."))
        into = [fleet for fleet in self.wanted.values() if fleet]
        if len(into) != len(set(into)):
            raise forms.ValidationError(gettext("Two fleets of one account can't go into the same fleet here."))
        return given
