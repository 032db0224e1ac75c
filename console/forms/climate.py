"""The cabin's climate: now, or by programs of the week."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from console.forms.base import ErrorPlace, Way
from console.forms.week import WeekForm
from fleets.vehicles.state import dig
from protocol.canonical import JsonObject


class PreconditioningForm(WeekForm):
    type_name = "Preconditioning"
    first = "programs"
    extra_fields = ("recurrence",)
    programs_path = "airConditioning.programs"
    ways = (
        Way("start", _("Start now"), probes=({"airConditioning": {"immediate": True}},)),
        Way("stop", _("Stop now"), probes=({"airConditioning": {"immediate": False}},)),
        Way(
            "programs",
            _("Programs of the week"),
            template="forms/week.html",
            probes=({"airConditioning": {"programs": [{}]}},),
        ),
    )

    def stored(self) -> Any:
        return dig(self.vehicle.state, "preconditioning", "airConditioning", "programs")

    def payload(self, way: str) -> JsonObject:
        if way != "programs":
            return {"airConditioning": {"immediate": way == "start"}}
        programs = self.programs()
        return {"airConditioning": {"programs": programs} if programs else {}}

    def places(self, way: str) -> dict[str, ErrorPlace]:
        none = ErrorPlace("slot1-action", _("Set or delete at least one program."))
        return {"airConditioning": none} | self.program_places(self.programs_path) if way == "programs" else {}
