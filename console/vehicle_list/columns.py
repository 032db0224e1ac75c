"""The columns of the list of vehicles that one can choose, in their order."""

from django.utils.translation import gettext_lazy as _

COLUMNS = {
    "vin": _("VIN"),
    "plate": _("Plate"),
    "model": _("Model"),
    "energy": _("Energy"),
    "marks": _("State"),
    "level": _("Charge or fuel"),
    "charging": _("Charging"),
    "doors": _("Doors"),
    "heard": _("Last heard"),
    "action": _("Last action"),
}

# What fits a phone too.
USUAL = ("vin", "plate", "model", "marks", "level", "action")
