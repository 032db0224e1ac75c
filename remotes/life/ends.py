"""Tells other rooms that an action may have come to its end, since this one knows nothing of them."""

from collections.abc import Callable

from remotes.models import RemoteAction

_on_end: list[Callable[[RemoteAction], None]] = []


def on_end(listener: Callable[[RemoteAction], None]) -> None:
    """It is called in the transaction of the change; call this from an AppConfig's ready()."""
    _on_end.append(listener)


def tell(action: RemoteAction) -> None:
    """Its row says what has become of it: it may be open still, and may have ended before."""
    for listener in _on_end:
        listener(action)
