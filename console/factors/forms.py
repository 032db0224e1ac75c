"""Forms of second factors. No field has a name under which what was typed is kept when a session ends."""

from typing import Any

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from console.entrance.guard import too_many
from console.factors import passkeys
from console.factors.codes import Tried, counter_of, try_code
from fleets.storage.encryption import seal, unseal

_KEY = "factor_being_set_up"
"""In the session, encrypted: the secret of an app that is not set up yet."""

_WRONG = _("This code is wrong, too old, or was used already. Try the next one that the app shows.")
_NO_KEY = _("The passkey was not taken. Try again, or use another way.")


def _code_field(label: Any) -> forms.CharField:
    attributes = {"autocomplete": "one-time-code", "inputmode": "numeric", "spellcheck": "false", "size": "12"}
    return forms.CharField(label=label, max_length=40, widget=forms.TextInput(attrs=attributes))


class CodeForm(forms.Form):
    """A code of the person's app, or a recovery code. `tried` is what came of it."""

    passcode = _code_field(_("Code"))

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.tried = Tried()

    def clean_passcode(self) -> str:
        code: str = self.cleaned_data["passcode"]
        self.tried = try_code(self.user, code)
        if self.tried.factor is None:
            raise forms.ValidationError(_too_many(self.tried.wait) if self.tried.wait else _WRONG)
        return code


class PasskeyForm(forms.Form):
    """What the browser has answered, put in by static/passkeys.js."""

    credential = forms.JSONField(widget=forms.HiddenInput, max_length=passkeys.LONGEST)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.factor: Any = None

    def clean_credential(self) -> Any:
        try:
            self.factor = passkeys.shown(self.user, self.cleaned_data["credential"])
        except passkeys.NotRight:
            raise forms.ValidationError(_NO_KEY) from None
        return self.cleaned_data["credential"]


class NewPasskeyForm(forms.Form):
    """A name, and the key that the browser has made."""

    label = forms.CharField(
        label=_("Name"),
        max_length=60,
        help_text=_("So that you know it again, such as: laptop, or the blue key."),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    credential = forms.JSONField(widget=forms.HiddenInput, max_length=passkeys.LONGEST)

    def clean_credential(self) -> Any:
        try:
            passkeys.check_made(self.cleaned_data["credential"])
        except passkeys.NotRight:
            raise forms.ValidationError(_NO_KEY) from None
        return self.cleaned_data["credential"]


class AppForm(forms.Form):
    """The first code of an app that has the secret, which stays the same until it is set up."""

    passcode = _code_field(_("Code that the app shows"))

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        sealed = request.session.get(_KEY)
        self.secret = unseal(sealed) if sealed else generate_totp_secret()
        self.step = 0
        if not sealed:
            request.session[_KEY] = seal(self.secret)

    def clean_passcode(self) -> str:
        code: str = self.cleaned_data["passcode"]
        step = counter_of(self.secret, code)
        if step is None:
            raise forms.ValidationError(
                _("This is not the code of now. Is the clock of your phone right? Try the next one that the app shows.")
            )
        self.step = step
        return code


def forget_secret(request: HttpRequest) -> None:
    request.session.pop(_KEY, None)


class PasswordForm(forms.Form):
    """The person's own password once more; wrong ones count as those of log-ins."""

    password = forms.CharField(
        label=_("Password"), widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        who = self.request.user
        if authenticate(self.request, username=who.get_username(), password=password) != who:
            wait = too_many(self.request)
            raise forms.ValidationError(_too_many(wait, password=True) if wait else _("This is not your password."))
        return password


def _too_many(seconds: int, *, password: bool = False) -> str:
    if seconds < 60:
        words = ngettext("%(number)s second", "%(number)s seconds", seconds)
        wait = words % {"number": seconds}
    else:
        minutes = -(-seconds // 60)
        wait = ngettext("%(number)s minute", "%(number)s minutes", minutes) % {"number": minutes}
    if password:
        return gettext("There were too many wrong ones. Try again in %(wait)s.") % {"wait": wait}
    return gettext("Too many wrong codes. Try again in %(wait)s, or use a passkey.") % {"wait": wait}
