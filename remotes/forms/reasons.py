"""Why something is done, in the words of who does it: kept in the history and in the audit."""

from django import forms

from remotes.wishes import MAX_REASON


def _reason(label: str, missing: str, help_text: str = "It is kept in the history.") -> forms.CharField:
    return forms.CharField(
        max_length=MAX_REASON,
        label=label,
        help_text=help_text,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": missing, "max_length": "%(limit_value)d characters at the most."},
    )


class ReasonForm(forms.Form):
    """A reason that must be given."""

    reason = _reason("Why", "Say why.")

    @property
    def given(self) -> str:
        """The reason of a valid form."""
        return str(self.cleaned_data["reason"])


class StopForm(ReasonForm):
    """Why every sending is stopped."""

    reason = _reason("Why", "Say why.", "All who use the vehicles read it.")


class DecisionForm(ReasonForm):
    """What a person has found out about an action whose outcome nobody knew."""

    reason = _reason("How do you know?", "Say how you know.")
    happened = forms.ChoiceField(choices=[("yes", "It was carried out"), ("no", "It was not carried out")])

    @property
    def has_happened(self) -> bool:
        return bool(self.cleaned_data["happened"] == "yes")


class LiftForm(forms.Form):
    """What becomes of what waits when sending is allowed again."""

    waiting = forms.ChoiceField(
        choices=[("resume", "Send what waits"), ("cancel", "Cancel what waits")],
        label="What waits",
        widget=forms.RadioSelect,
        error_messages={
            "required": "Choose what becomes of what waits.",
            "invalid_choice": "Choose what becomes of what waits.",
        },
    )

    @property
    def cancels(self) -> bool:
        return bool(self.cleaned_data["waiting"] == "cancel")
