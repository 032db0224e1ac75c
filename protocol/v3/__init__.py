"""Codec of the Fleet Owner API v3: remotes, callbacks and notifications (fleet-owner-v3.yaml, …-webhook.yaml)."""

from protocol.v3.callbacks import SUBSCRIBE, decode_subscribe, encode_subscribe
from protocol.v3.events import decode_action, decode_notification, encode_batch, encode_notification
from protocol.v3.remotes import decode_remote, encode_remote, type_name

DIALECT = "v3"
# v3 has no arrays: callbacks say themselves what is batched.
ARRAY_SIZE = 0

__all__ = [
    "ARRAY_SIZE",
    "DIALECT",
    "SUBSCRIBE",
    "decode_action",
    "decode_notification",
    "decode_remote",
    "decode_subscribe",
    "encode_batch",
    "encode_notification",
    "encode_remote",
    "encode_subscribe",
    "type_name",
]
