"""What a person sends from the command panel."""

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from protocol.catalogue import COMMANDS, Command, RemoteType


class CommandForm(forms.Form):
    """A press of a button: the command's name."""

    command = forms.CharField(max_length=100, error_messages={"required": gettext_lazy("Choose a command.")})

    def clean_command(self) -> str:
        name = str(self.cleaned_data["command"])
        if name not in COMMANDS:
            raise forms.ValidationError(
                _("There is no command “%(name)s”. Choose one of the buttons.") % {"name": name}
            )
        return name

    @property
    def asked(self) -> str:
        """The name as it came, known or not."""
        return str(self.data.get("command", ""))

    @property
    def chosen(self) -> tuple[RemoteType, Command]:
        return COMMANDS[self.cleaned_data["command"]]

    @property
    def first_error(self) -> str:
        return next((str(message) for messages in self.errors.values() for message in messages), "")
