"""Fields of the forms that narrow a list."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

ANY = ("", _("Any"))


def choice(label: Any, choices: Iterable[tuple[str, Any]]) -> forms.ChoiceField:
    """One of the choices, (value, title) each, or any."""
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[ANY, *choices],
        error_messages={"invalid_choice": _("“%(value)s” is not one of the choices.")},
    )


def search(label: Any) -> forms.CharField:
    """What is looked for in a vehicle's names."""
    return forms.CharField(
        required=False,
        max_length=100,
        label=label,
        error_messages={"max_length": _("Search for at most %(limit_value)d characters.")},
    )
