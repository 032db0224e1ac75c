"""The theft alarm: silence it for a while, and answer it."""

from protocol.v3 import JsonObject
from remotes.describe import ALARM_PAUSES
from remotes.forms.base import Place, RemoteForm, Way, choice_of
from remotes.forms.values import whole


class TanForm(RemoteForm):
    type_name = "Tan"
    first = "suppress"
    ways = (
        Way("suppress", "Silence the alarm for a while", "For a transport or the workshop.", ("duration",)),
        Way("resume", "Let the alarm sound again"),
        Way("confirm", "Answer an alarm: it is a theft"),
        Way("deny", "Answer an alarm: it is no theft"),
    )

    duration = choice_of("For", [(str(value), words) for value, words in enumerate(ALARM_PAUSES)], initial="0")

    def payload(self, way: str) -> JsonObject:
        if way == "suppress":
            return {"suppress": {"state": True, "duration": whole(self.text("duration"))}}
        if way == "resume":
            return {"suppress": {"state": False}}
        return {"confirm": {"state": way == "confirm"}}

    def places(self, way: str) -> dict[str, Place]:
        return {"suppress.duration": Place("duration", "Choose one of the list.")}
