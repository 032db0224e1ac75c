"""What of a remote action can't be said in a dialect: asked before anything is sent, so nothing is cut silently."""

from collections.abc import Iterable

from protocol.canonical.document import JsonObject
from protocol.canonical.remote import Remote
from protocol.catalogue import RemoteType
from protocol.dialects import codec
from protocol.errors import Invalid


def cannot_travel(
    remote_type: RemoteType, payload: JsonObject, dialect: str, extra: Iterable[str] = ()
) -> Invalid | None:
    """What in the canonical `payload` has no place in the dialect or breaks a rule of it; None where all can be said.

    Its path begins with v3's key and is in terms of the canonical payload (`lights.duration`). `extra`: names of the
    fields that stand beside the remote action. Raises KeyError for a dialect that nobody speaks.
    """
    try:
        codec(dialect).encode_remote(Remote(remote_type, payload, extra=dict.fromkeys(extra)))
    except Invalid as error:
        return error
    return None
