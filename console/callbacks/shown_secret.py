"""Shows a callback's signing secret once: on the page that follows its making, to the person who had it made."""

from callbacks.models import Callback
from console.requests import PageRequest

_SESSION_KEY = "show_secret_of"


def show_next(request: PageRequest, callback: Callback) -> None:
    """Have the next page show it. The session holds the callback's id only, so the secret lies nowhere in the clear."""
    request.session[_SESSION_KEY] = callback.public_id


def take_shown(request: PageRequest, callback: Callback) -> str:
    """The secret, if this page is the one to show it; empty from then on."""
    if request.session.get(_SESSION_KEY) != callback.public_id:
        return ""
    del request.session[_SESSION_KEY]
    return str(callback.secret)
