"""Theft alerts: none for a while, and the answer to one."""

from django.utils.translation import gettext_lazy as _

from console.forms.base import ErrorPlace, RemoteForm, Way, choice_of
from console.forms.values import whole
from protocol.canonical import JsonObject
from remotes.words.describe import ALARM_PAUSES


class TanForm(RemoteForm):
    type_name = "Tan"
    first = "suppress"
    ways = (
        Way("suppress", _("Pause theft alerts"), _("For a transport or the workshop, say."), ("duration",)),
        Way("resume", _("Resume theft alerts")),
        Way("confirm", _("Answer an alert: it is a theft")),
        Way("deny", _("Answer an alert: it is no theft")),
    )

    duration = choice_of(_("For"), [(str(value), words) for value, words in enumerate(ALARM_PAUSES)], initial="0")

    def payload(self, way: str) -> JsonObject:
        if way == "suppress":
            return {"suppress": {"state": True, "duration": whole(self.text("duration"))}}
        if way == "resume":
            return {"suppress": {"state": False}}
        return {"confirm": {"state": way == "confirm"}}

    def places(self, way: str) -> dict[str, ErrorPlace]:
        return {"suppress.duration": ErrorPlace("duration", _("Choose one of the list."))}
