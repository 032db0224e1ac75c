"""What a person asks of a vehicle: the buttons of the panel, and a form for each remote type."""

from console.forms.access import ImmobilizationForm, LockingForm, StolenForm
from console.forms.base import RemoteForm, Way
from console.forms.charging import ChargingForm
from console.forms.climate import PreconditioningForm
from console.forms.commands import CommandForm
from console.forms.navigation import NavigationForm
from console.forms.signals import HornForm, LightsForm, TanForm
from console.forms.simple import PersonalDataForm, StateForm, VehicleFinderForm, WakeUpForm

__all__ = ["REMOTE_FORMS", "CommandForm", "RemoteForm", "Way"]

_FORMS: tuple[type[RemoteForm], ...] = (
    LockingForm,
    LightsForm,
    HornForm,
    StateForm,
    WakeUpForm,
    PreconditioningForm,
    ChargingForm,
    ImmobilizationForm,
    StolenForm,
    NavigationForm,
    VehicleFinderForm,
    TanForm,
    PersonalDataForm,
)
REMOTE_FORMS: dict[str, type[RemoteForm]] = {form.type_name: form for form in _FORMS}
