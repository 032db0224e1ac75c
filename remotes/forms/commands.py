"""What a person sends from the command panel."""

from django import forms

from protocol.catalogue import COMMANDS, Command, RemoteType

_GREATEST_ID = 2**63 - 1


class CommandForm(forms.Form):
    """A press of a button: the command's name."""

    command = forms.CharField(max_length=100, error_messages={"required": "Choose a command."})

    def clean_command(self) -> str:
        name = str(self.cleaned_data["command"])
        if name not in COMMANDS:
            raise forms.ValidationError(f"There is no command “{name}”. Choose one of the buttons.")
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


class HistoryForm(forms.Form):
    """GET parameters of the history; a broken one leads to its newest page."""

    before = forms.IntegerField(required=False, min_value=1, max_value=_GREATEST_ID)

    @property
    def start(self) -> int | None:
        value: int | None = self.cleaned_data.get("before") if self.is_valid() else None
        return value
