"""What both dialects are read into and written from. Where the two differ, the canonical form is v3's.

A payload is v3's with the fields that only v1 has at their places; an event is RemoteEvent of
fleet-owner-v3-webhook.yaml; a callback is RemoteCallbackSubscribe of fleet-owner-v3.yaml.
"""

from protocol.canonical.document import MAX_LABEL, JsonObject
from protocol.canonical.event import (
    MAX_WORD,
    ActionReport,
    Event,
    Unreadable,
    encode_event,
    format_time,
    type_of_status,
)
from protocol.canonical.remote import Remote
from protocol.canonical.subscribe import Subscribe

__all__ = [
    "MAX_LABEL",
    "MAX_WORD",
    "ActionReport",
    "Event",
    "JsonObject",
    "Remote",
    "Subscribe",
    "Unreadable",
    "encode_event",
    "format_time",
    "type_of_status",
]
