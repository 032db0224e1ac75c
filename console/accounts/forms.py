"""Forms of one's own account. Passwords that are there pass the guard of the entrance, also here."""

from typing import Any

from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.models import User
from django.forms import BoundField
from django.http import HttpRequest
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from console.entrance.guard import too_many


def _old_password() -> forms.CharField:
    return forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class _OfAPerson(forms.Form):
    """Has the fields with an error, for the summary, and asks for the password."""

    use_required_attribute = False
    request: HttpRequest
    person: User

    @property
    def wrong(self) -> list[BoundField]:
        return [self[name] for name in self.fields if name in self.errors]

    def clean_old_password(self) -> str:
        given: str = self.cleaned_data["old_password"]
        if authenticate(self.request, username=self.person.get_username(), password=given) is None:
            raise forms.ValidationError(self._refusal())
        return given

    def _refusal(self) -> str:
        minutes = -(-too_many(self.request) // 60)
        if not minutes:
            return gettext("That is not your password.")
        words = ngettext(
            "There were too many wrong ones. Try again in a minute.",
            "There were too many wrong ones. Try again in %(minutes)s minutes.",
            minutes,
        )
        return words % {"minutes": minutes}


class ChangePasswordForm(_OfAPerson, SetPasswordForm):
    """The password that there is, and the new one twice."""

    old_password = _old_password()
    field_order = ("old_password", "new_password1", "new_password2")

    def __init__(self, request: HttpRequest, person: User, data: Any = None) -> None:
        self.request, self.person = request, person
        super().__init__(person, data)
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password2"].label = _("The new password again")
        self.fields["new_password1"].help_text = _(
            "At least 10 characters, no common word, and not like your name or your e-mail address."
        )


class NewPasswordForm(SetPasswordForm):
    """The new one twice, for whoever has come by a link."""

    def __init__(self, person: User, data: Any = None) -> None:
        super().__init__(person, data)
        self.fields["new_password1"].label = _("New password")
        self.fields["new_password2"].label = _("The new password again")
        self.fields["new_password1"].help_text = _(
            "At least 10 characters, no common word, and not like your name or your e-mail address."
        )


class ForgottenPasswordForm(forms.Form):
    use_required_attribute = False

    email = forms.EmailField(
        label=_("E-mail address of your account"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class AddressForm(_OfAPerson):
    """The new address, and the password."""

    email = forms.EmailField(
        label=_("New e-mail address"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )
    old_password = _old_password()

    def __init__(self, request: HttpRequest, person: User, data: Any = None) -> None:
        self.request, self.person = request, person
        super().__init__(data)
