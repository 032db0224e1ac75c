"""Lights and horn."""

from protocol.v3 import JsonObject
from remotes.forms.base import Place, RemoteForm, Way, choice_of, short_text
from remotes.forms.values import duration, whole


class LightsForm(RemoteForm):
    type_name = "Lights"
    first = "on"
    ways = (
        Way("on", "Lights on", fields=("duration", "unit"), template="vehicle/options/duration.html"),
        Way("off", "Lights off"),
    )

    duration = short_text("For how long", "Empty: as long as the vehicle sees fit.", inputmode="numeric")
    unit = choice_of("Unit", [("S", "seconds"), ("M", "minutes")], initial="S")

    def payload(self, way: str) -> JsonObject:
        length = self.text("duration")
        if way == "on" and length:
            return {"on": True, "duration": duration(length, self.text("unit"))}
        return {"on": way == "on"}

    def places(self, way: str) -> dict[str, Place]:
        return {"duration": Place("duration", "Give a whole number, such as 20.")}


class HornForm(RemoteForm):
    type_name = "Horn"
    first = "sound"
    ways = (Way("sound", "Sound the horn", fields=("number",)), Way("stop", "Stop the horn"))

    number = short_text("How many times", "Empty: as often as the vehicle sees fit.", inputmode="numeric")

    def payload(self, way: str) -> JsonObject:
        number = self.text("number")
        if way == "sound" and number:
            return {"state": "Activated", "number": whole(number)}
        return {"state": "Activated" if way == "sound" else "Unactivated"}

    def places(self, way: str) -> dict[str, Place]:
        return {"number": Place("number")}
