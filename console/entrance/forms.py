"""The form of the first admin."""

from typing import Any

from django import forms
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.utils.translation import gettext_lazy as _


class FirstAdminForm(UserCreationForm):
    """Name, e-mail and password of somebody who may do everything."""

    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "email"}))

    class Meta:
        model = User
        fields = ["username", "email"]
        labels = {"username": _("Name to log in with")}
        help_texts = {"username": _("Letters, digits and @ . + - _")}

    def save(self, commit: bool = True) -> Any:
        self.instance.is_staff = self.instance.is_superuser = True
        return super().save(commit)
