"""What a person fills in on the pages of callbacks."""

from console.callbacks.forms.callback import EXAMPLES, CallbackForm
from console.callbacks.forms.lists import KeyForm, SentForm, TriesForm
from console.callbacks.forms.owner import OwnerForm
from console.callbacks.forms.replay import ReplayForm

__all__ = ["EXAMPLES", "CallbackForm", "KeyForm", "OwnerForm", "ReplayForm", "SentForm", "TriesForm"]
