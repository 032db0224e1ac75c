"""Which scopes a client may be granted: all but those of remote types that it may not send."""

from collections.abc import Collection

from fleets.models import ApiClient
from protocol.v1 import scopes


class TooWide(Exception):
    """Scopes were asked for that there are not, or not for this client."""

    def __init__(self, asked: Collection[str], allowed: Collection[str]) -> None:
        super().__init__(f"Not for this client: {' '.join(asked)}. It may ask for: {' '.join(allowed)}")


def allowed(client: ApiClient) -> tuple[str, ...]:
    """What the client may ask for, in the published spelling."""
    closed = {scope for name, scope in scopes.WRITE.items() if not client.may_send(name)}
    return tuple(scope for scope in scopes.ALL if scope not in closed)


def granted(client: ApiClient, asked: str | None) -> list[str]:
    """The scopes of a token for which `asked` was asked, in that spelling; all allowed ones where nothing was asked.

    Raises TooWide.
    """
    may = allowed(client)
    wanted = list(dict.fromkeys((asked or "").split()))
    wide = [scope for scope in wanted if not scopes.has(may, scope)]
    if wide:
        raise TooWide([_printable(scope) for scope in wide], may)
    return wanted or list(may)


def _printable(scope: str) -> str:
    """As an error of OAuth may hold it (RFC 6749, 5.2)."""
    return "".join(char if char.isascii() and char.isprintable() and char not in '"\\' else "?" for char in scope)[:100]
