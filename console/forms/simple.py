"""Remote types with nothing to choose: they are asked for, with a note if one likes."""

from typing import ClassVar

from django.utils.translation import gettext_lazy as _

from console.forms.base import RemoteForm, Way
from protocol.canonical import JsonObject


class SimpleForm(RemoteForm):
    """A remote type that does one thing."""

    action: ClassVar[str]

    def payload(self, way: str) -> JsonObject:
        return {"action": self.action}


class StateForm(SimpleForm):
    type_name = "State"
    action = "state"
    ways = (Way("state", _("Refresh"), _("The vehicle reports its state again. If it is asleep, that wakes it up.")),)


class WakeUpForm(SimpleForm):
    type_name = "WakeUp"
    action = "WakeUp"
    ways = (
        Way(
            "wake-up",
            _("Wake up"),
            _(
                "The vehicle wakes up, reports its state, and stays awake for 3 minutes. "
                "Wake-ups count against its monthly limit."
            ),
        ),
    )


class VehicleFinderForm(SimpleForm):
    type_name = "VehicleFinder"
    action = "GetPresentLocation"
    ways = (Way("find", _("Find"), _("The vehicle reports where it stands now.")),)


class PersonalDataForm(SimpleForm):
    type_name = "OnboardPersonalData"
    action = "Delete"
    ways = (
        Way(
            "wipe",
            _("Wipe"),
            _("Deletes contacts, destinations and profiles that people have left in the vehicle."),
            command="wipe-personal-data",
        ),
    )
