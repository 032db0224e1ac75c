"""What a person fills in on the pages of callbacks."""

from callbacks.forms.callback import EXAMPLES, CallbackForm
from callbacks.forms.lists import KeyForm, SentForm
from callbacks.forms.replay import ReplayForm

__all__ = ["EXAMPLES", "CallbackForm", "KeyForm", "ReplayForm", "SentForm"]
