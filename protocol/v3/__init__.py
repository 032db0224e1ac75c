"""Codec of the Fleet Owner API v3: remotes, callbacks and notifications (fleet-owner-v3.yaml, …-webhook.yaml)."""

from protocol.v3.attributes import VARIABLES, Variables, never_batched
from protocol.v3.callbacks import SUBSCRIBE, Subscribe, decode_subscribe
from protocol.v3.common import DIALECT, MAX_LABEL, JsonObject
from protocol.v3.events import (
    MAX_WORD,
    ActionReport,
    Event,
    Unreadable,
    decode_action,
    decode_notification,
    encode_event,
    encode_notification,
    format_time,
    type_of_status,
)
from protocol.v3.remotes import Remote, decode_remote, encode_remote
from protocol.v3.targets import Target, read_target

__all__ = [
    "DIALECT",
    "MAX_LABEL",
    "MAX_WORD",
    "SUBSCRIBE",
    "VARIABLES",
    "ActionReport",
    "Event",
    "JsonObject",
    "Remote",
    "Subscribe",
    "Target",
    "Unreadable",
    "Variables",
    "decode_action",
    "decode_notification",
    "decode_remote",
    "decode_subscribe",
    "encode_event",
    "encode_notification",
    "encode_remote",
    "format_time",
    "never_batched",
    "read_target",
    "type_of_status",
]
