"""Tells other rooms that a callback has failed or works again, since this one knows nothing of them."""

from collections.abc import Callable

from callbacks.models import Callback

_on_failed: list[Callable[[Callback], None]] = []
_on_recovered: list[Callable[[Callback], None]] = []


def register_watcher(on_failed: Callable[[Callback], None], on_recovered: Callable[[Callback], None]) -> None:
    """Both are called in the transaction of the change; call it from an AppConfig's ready()."""
    _on_failed.append(on_failed)
    _on_recovered.append(on_recovered)


def failed(callback: Callback) -> None:
    """Nothing is delivered any more; `status_reason` says why."""
    for watcher in _on_failed:
        watcher(callback)


def recovered(callback: Callback) -> None:
    """It is Running, whether or not it had failed before."""
    for watcher in _on_recovered:
        watcher(callback)
