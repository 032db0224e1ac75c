"""Codec of the Fleet Owner API v3: remotes, callbacks and notifications (fleet-owner-v3.yaml, …-webhook.yaml)."""

from protocol.canonical.reading import decode_action
from protocol.v3.callbacks import SUBSCRIBE, decode_subscribe, encode_subscribe
from protocol.v3.events import decode_notification, encode_batch, encode_notification, read_message
from protocol.v3.forms import NAME, encode_payload, no_place
from protocol.v3.remotes import decode_remote, encode_remote, show_remote, type_name

DIALECT = "v3"
# v3 has no arrays: callbacks say themselves what is batched.
ARRAY_SIZE = 0

__all__ = [
    "ARRAY_SIZE",
    "DIALECT",
    "NAME",
    "SUBSCRIBE",
    "decode_action",
    "decode_notification",
    "decode_remote",
    "decode_subscribe",
    "encode_batch",
    "encode_notification",
    "encode_payload",
    "encode_remote",
    "encode_subscribe",
    "no_place",
    "read_message",
    "show_remote",
    "type_name",
]
