"""What an admin enters to connect an account."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from connections.draft import may_use_http
from connections.models import Connection
from fleets.models import Gateway
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

_AGAIN = {
    "password": _("Enter the password again, since it would go another way than before."),
    "client_secret": _("Enter the client secret again, since it would go another way than before."),
}
# What is shown in its field; all else that is there stays out of sight.
SHOWN = ("client_id", "username", "token_url", "scopes")
# What has a box beside it to empty it.
_CAN_BE_EMPTIED = ("client_secret", "ca_bundle", "proxy")


class _SignIn(NamedTuple):
    """Fields by which an account signs in, beside client ID and certificate: those that are shown, and the secret."""

    shown: tuple[str, ...]
    secret: str


_BASIC, _TOKEN = _SignIn(("username",), "password"), _SignIn(("token_url", "scopes"), "client_secret")
# Those that an API takes, and those that it does not.
_OF_DIALECT = {"v3": (_BASIC, _TOKEN), "v1": (_TOKEN, _BASIC)}


class WithErrors(forms.Form):
    """Knows its fields at fault."""

    use_required_attribute = False

    @property
    def wrong(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name in self.errors]


class AccountForm(WithErrors):
    """The account. A valid form has `credentials`: by field, without those that stay as they are."""

    name = forms.CharField(
        label=_("Name"), max_length=100, help_text=_("What the connection is called here, such as Peugeot France.")
    )
    dialect = forms.ChoiceField(label=_("API"), choices=Gateway.Dialect.choices)
    base_url = forms.CharField(
        label=_("Address"),
        max_length=500,
        help_text=_(
            "Up to and with the version, such as https://api.example.com/connectedcar/v3"
            " or https://api.example.com/api/connectedcar/v1."
        ),
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
    token_url = forms.CharField(
        label=_("Token URL"),
        max_length=500,
        required=False,
        help_text=_("Where access tokens are asked for, such as https://id.example.com/as/token.oauth2."),
        widget=forms.TextInput(attrs={"inputmode": "url", **_CODE}),
    )
    client_secret = forms.CharField(
        label=_("Client secret"),
        required=False,
        strip=False,
        help_text=_("Only where the manufacturer gave you one: the client certificate may be enough."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    no_client_secret = forms.BooleanField(label=_("Stop using the client secret"), required=False)
    scopes = forms.CharField(
        label=_("Scopes"),
        max_length=2000,
        required=False,
        help_text=_("Empty: all that FleetRemote can use. Else with spaces between them."),
        widget=forms.TextInput(attrs=_CODE),
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
    no_proxy = forms.BooleanField(label=_("Stop using the proxy"), required=False)

    def __init__(self, *args: Any, connection: Connection, **more: Any) -> None:
        super().__init__(*args, **more)
        self.connection = connection
        self.credentials: dict[str, str] = {}
        if connection.pk:
            self.fields["name"].disabled = True
        for name in ("password", "client_secret", "private_key", "proxy"):
            if getattr(connection, name):
                self.fields[name].help_text = _NEVER_SHOWN
        for name in _CAN_BE_EMPTIED:
            if not getattr(connection, name):
                del self.fields[f"no_{name}"]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        others = Connection.objects.exclude(pk=self.connection.pk or 0)
        gateways = Gateway.objects.exclude(pk=self.connection.gateway_id or 0)
        if others.filter(name=name).exists() or gateways.filter(name=name).exists():
            raise forms.ValidationError(gettext("There is a connection of this name already. Choose another name."))
        return name

    def clean_base_url(self) -> str:
        return self._checked_url("base_url")

    def clean_token_url(self) -> str:
        if self.cleaned_data.get("dialect") != Gateway.Dialect.V1:
            return ""
        if not self.cleaned_data["token_url"]:
            raise forms.ValidationError(gettext("Enter the token URL: this API is used with access tokens."))
        return self._checked_url("token_url")

    def _checked_url(self, name: str) -> str:
        url = str(self.cleaned_data[name])
        why = check_base_url(url, may_use_http(Connection(base_url=url, gateway=self.connection.gateway)))
        if why is not None:
            raise forms.ValidationError(say(why))
        return url

    def clean_scopes(self) -> str:
        return " ".join(dict.fromkeys(str(self.cleaned_data["scopes"]).split()))

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
        own, others = _OF_DIALECT.get(given.get("dialect", ""), _OF_DIALECT["v3"])
        kept: dict[str, str] = {name: given.get(name) or "" for name in ("client_id", *own.shown)}
        kept |= {name: given[name] for name in (own.secret, "ca_bundle", "proxy") if given.get(name)}
        kept |= {name: "" for name in _CAN_BE_EMPTIED if given.get(f"no_{name}")}
        kept |= dict.fromkeys((*others.shown, others.secret), "")
        try:
            identity = self._identity(given)
        except BadCertificate as error:
            self.add_error("certificate", say(error.why))
        else:
            if identity is not None:
                kept |= {"certificate": identity.certificate, "private_key": identity.private_key}
        self._check_secret_stays_where_it_is(given, own.secret)
        self.credentials = kept
        return given

    def _check_secret_stays_where_it_is(self, given: Mapping[str, Any], name: str) -> None:
        """Nobody reads the present one, or a token that it gets, by having it sent another way to who listens there."""
        is_other_host = any(
            urlsplit(given.get(url) or present).netloc != urlsplit(present).netloc
            for url, present in (("base_url", self.connection.base_url), ("token_url", self.connection.token_url))
        )
        # Until it is in use, other CAs are what the first test asks for.
        is_new_trust = self.connection.gateway_id is not None and given.get("ca_bundle")
        is_new_way = is_other_host or given.get("proxy") or is_new_trust
        if getattr(self.connection, name) and not given.get(name) and not given.get(f"no_{name}") and is_new_way:
            self.add_error(name, _AGAIN[name])

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
