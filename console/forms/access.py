"""Doors, the immobiliser, and what is done about a stolen vehicle."""

from django.utils.translation import gettext_lazy as _

from console.forms.base import ErrorPlace, RemoteForm, Way, short_text
from console.forms.values import whole
from protocol.canonical import JsonObject


class LockingForm(RemoteForm):
    type_name = "Locking"
    ways = (Way("lock", _("Lock the doors")), Way("unlock", _("Unlock the doors")))

    def payload(self, way: str) -> JsonObject:
        return {"state": "Locked" if way == "lock" else "Unlocked"}


class ImmobilizationForm(RemoteForm):
    type_name = "Immobilization"
    ways = (
        Way("immobilise", _("Immobilise"), _("It will not start again until it is released."), command="immobilise"),
        Way("release", _("Release the immobiliser"), command="release"),
    )

    def payload(self, way: str) -> JsonObject:
        return {"activate": way == "immobilise"}


class StolenForm(RemoteForm):
    type_name = "Stolen"
    ways = (
        Way("mark", _("Mark as stolen"), _("It refuses other commands from then on."), command="mark-stolen"),
        Way("clear", _("Clear the mark"), _("It has been found."), command="clear-stolen"),
        Way(
            "tracking",
            _("Track it more or less often"),
            _("How often the stolen vehicle reports where it is. Leave empty what is to stay."),
            ("running", "shutdown"),
            probes=({"trackingPeriod": {}},),
            example={"trackingPeriod": {"running": 60}},
        ),
        Way("immobilise", _("Immobilise the stolen vehicle"), command="immobilise"),
        Way("release", _("Release its immobiliser"), command="release"),
    )

    running = short_text(
        _("Seconds between reports, ignition on"), _("5 or more; 600 is every 10 minutes."), inputmode="numeric"
    )
    shutdown = short_text(
        _("Seconds between reports, ignition off"), _("60 or more; 3600 is every hour."), inputmode="numeric"
    )

    def payload(self, way: str) -> JsonObject:
        if way == "tracking":
            given = {name: self.text(name) for name in ("running", "shutdown")}
            return {"trackingPeriod": {name: whole(text) for name, text in given.items() if text}}
        if way in ("immobilise", "release"):
            return {"immobilization": {"activate": way == "immobilise"}}
        return {"stolen": way == "mark"}

    def places(self, way: str) -> dict[str, ErrorPlace]:
        return {
            "trackingPeriod": ErrorPlace("running", _("Fill in at least one of the two.")),
            "trackingPeriod.running": ErrorPlace("running"),
            "trackingPeriod.shutdown": ErrorPlace("shutdown"),
        }
