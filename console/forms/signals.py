"""Lights and horn, and theft alerts: none for a while, and the answer to one."""

from django.utils.translation import gettext_lazy as _

from console.forms.base import ErrorPlace, RemoteForm, Way, choice_of, short_text
from console.forms.values import duration, whole
from protocol.canonical import JsonObject
from remotes.words.describe import ALARM_PAUSES


class LightsForm(RemoteForm):
    type_name = "Lights"
    first = "on"
    ways = (
        Way("on", _("Lights on"), fields=("duration", "unit"), template="forms/duration.html", probes=({"on": True},)),
        Way("off", _("Lights off")),
    )
    limited = {"duration": "duration"}

    duration = short_text(_("For how long"), _("Empty: the vehicle decides how long."), inputmode="numeric")
    unit = choice_of(_("Unit"), [("S", _("seconds")), ("M", _("minutes"))], initial="S")

    def payload(self, way: str) -> JsonObject:
        length = self.text("duration")
        if way == "on" and length:
            return {"on": True, "duration": duration(length, self.text("unit"))}
        return {"on": way == "on"}

    def places(self, way: str) -> dict[str, ErrorPlace]:
        return {"duration": ErrorPlace("duration", _("Enter a whole number, such as 20."))}


class HornForm(RemoteForm):
    type_name = "Horn"
    first = "sound"
    ways = (
        Way("sound", _("Sound the horn"), fields=("number",), probes=({"state": "Activated"},)),
        Way("stop", _("Stop the horn")),
    )
    limited = {"number": "number"}

    number = short_text(_("How many times"), _("Empty: the vehicle decides how often."), inputmode="numeric")

    def payload(self, way: str) -> JsonObject:
        number = self.text("number")
        if way == "sound" and number:
            # The wire takes 0 for no number at all; who types it is told.
            return {"state": "Activated", "number": whole(number) or number}
        return {"state": "Activated" if way == "sound" else "Unactivated"}

    def places(self, way: str) -> dict[str, ErrorPlace]:
        return {"number": ErrorPlace("number")}


class TanForm(RemoteForm):
    type_name = "Tan"
    first = "suppress"
    ways = (
        Way(
            "suppress",
            _("Pause theft alerts"),
            _("For example for a transport or the workshop."),
            ("duration",),
            command="suppress-alarm",
            probes=({"suppress": {"state": True}},),
        ),
        Way("resume", _("Resume theft alerts")),
        Way("confirm", _("Answer an alert: it is a theft")),
        Way("deny", _("Answer an alert: it is no theft")),
    )
    limited = {"duration": "suppress.duration"}

    duration = choice_of(_("For"), [(str(value), words) for value, words in enumerate(ALARM_PAUSES)], initial="0")

    def payload(self, way: str) -> JsonObject:
        if way == "suppress":
            return {"suppress": {"state": True, "duration": whole(self.text("duration"))}}
        if way == "resume":
            return {"suppress": {"state": False}}
        return {"confirm": {"state": way == "confirm"}}

    def places(self, way: str) -> dict[str, ErrorPlace]:
        return {"suppress.duration": ErrorPlace("duration", _("Choose one of the list."))}
