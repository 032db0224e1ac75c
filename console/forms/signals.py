"""Lights and horn."""

from django.utils.translation import gettext_lazy as _

from console.forms.base import ErrorPlace, RemoteForm, Way, choice_of, short_text
from console.forms.values import duration, whole
from protocol.canonical import JsonObject


class LightsForm(RemoteForm):
    type_name = "Lights"
    first = "on"
    ways = (
        Way("on", _("Lights on"), fields=("duration", "unit"), template="forms/duration.html"),
        Way("off", _("Lights off")),
    )

    duration = short_text(_("For how long"), _("Empty: as long as the vehicle sees fit."), inputmode="numeric")
    unit = choice_of(_("Unit"), [("S", _("seconds")), ("M", _("minutes"))], initial="S")

    def payload(self, way: str) -> JsonObject:
        length = self.text("duration")
        if way == "on" and length:
            return {"on": True, "duration": duration(length, self.text("unit"))}
        return {"on": way == "on"}

    def places(self, way: str) -> dict[str, ErrorPlace]:
        return {"duration": ErrorPlace("duration", _("Give a whole number, such as 20."))}


class HornForm(RemoteForm):
    type_name = "Horn"
    first = "sound"
    ways = (Way("sound", _("Sound the horn"), fields=("number",)), Way("stop", _("Stop the horn")))

    number = short_text(_("How many times"), _("Empty: as often as the vehicle sees fit."), inputmode="numeric")

    def payload(self, way: str) -> JsonObject:
        number = self.text("number")
        if way == "sound" and number:
            # The wire takes 0 for no number at all; who types it is told.
            return {"state": "Activated", "number": whole(number) or number}
        return {"state": "Activated" if way == "sound" else "Unactivated"}

    def places(self, way: str) -> dict[str, ErrorPlace]:
        return {"number": ErrorPlace("number")}
