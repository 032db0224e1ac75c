"""What a person asks of a vehicle: the buttons of the panel, and a form for each remote type."""

from remotes.forms.access import ImmobilizationForm, LockingForm, StolenForm
from remotes.forms.alarm import TanForm
from remotes.forms.base import RemoteForm, Way
from remotes.forms.charging import ChargingForm
from remotes.forms.climate import PreconditioningForm
from remotes.forms.commands import CommandForm
from remotes.forms.history import HistoryForm
from remotes.forms.navigation import NavigationForm
from remotes.forms.signals import HornForm, LightsForm
from remotes.forms.simple import PersonalDataForm, StateForm, VehicleFinderForm, WakeUpForm

__all__ = ["REMOTE_FORMS", "CommandForm", "HistoryForm", "RemoteForm", "Way"]

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
