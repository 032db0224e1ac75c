"""A remote action, whichever dialect it is written in."""

from dataclasses import dataclass, field

from protocol.canonical.document import JsonObject
from protocol.catalogue import RemoteType


@dataclass(frozen=True)
class Remote:
    """One remote type with its canonical payload, a free label, and fields beside them that we don't know."""

    remote_type: RemoteType
    payload: JsonObject
    label: str | None = None
    extra: JsonObject = field(default_factory=dict)
