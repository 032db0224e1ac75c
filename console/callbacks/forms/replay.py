"""What is sent once more: failures in a span, or everything since a moment."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from callbacks.models import Batch, Callback
from callbacks.replay import failures, replayable
from console.callbacks.forms.moments import MomentField, MomentsForm

FAILURES, EVERYTHING = "failures", "everything"


class ReplayForm(MomentsForm):
    """`what` and a span. The confirmation carries the same fields, so that it sends what it has counted."""

    what = forms.ChoiceField(
        label=_("What"),
        choices=[(FAILURES, _("What did not arrive")), (EVERYTHING, _("Everything, delivered or not"))],
        initial=FAILURES,
        error_messages={"required": _("Choose what to send again."), "invalid_choice": _("Choose what to send again.")},
    )
    since = MomentField(_("From"))
    until = MomentField(_("Until"), _("Leave it empty for: until now."))

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        since, until = self.moment("since"), self.moment("until")
        if "since" not in self.errors and since is None:
            self.add_error("since", _("Say from when on."))
        if since and until and until <= since:
            self.add_error("until", _("This must be later than the beginning."))
        return cleaned

    @property
    def since_when(self) -> datetime:
        found = self.moment("since")
        if found is None:
            raise ValueError("Only a valid form has a beginning.")
        return found

    @property
    def until_when(self) -> datetime | None:
        return self.moment("until")

    @property
    def only_failures(self) -> bool:
        return bool(self.cleaned_data["what"] == FAILURES)

    def batches(self, callback: Callback) -> QuerySet[Batch]:
        """What a valid form asks for; those that wait anyway are not among them."""
        chosen = failures if self.only_failures else replayable
        return chosen(callback, self.since_when, self.until_when).exclude(state=Batch.State.WAITING)
