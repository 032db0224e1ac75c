"""Whether anything still needs a callback. Other rooms register their check, since this one knows nothing of them."""

from collections.abc import Callable

from callbacks.models import Callback

_checks: list[Callable[[Callback], bool]] = []


def register_pending_check(check: Callable[[Callback], bool]) -> None:
    """`check` says whether something is pending for a callback; call it from an AppConfig's ready()."""
    _checks.append(check)


def is_pending(callback: Callback) -> bool:
    return any(check(callback) for check in _checks)
