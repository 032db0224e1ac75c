"""Codec of the Connected Car API v1: remotes, channels and messages (connected-car-v1.yaml, …-webhook.yaml)."""

from protocol.canonical.reading import decode_action
from protocol.v1.channels import SUBSCRIBE, canonical_subscribe, decode_subscribe, encode_subscribe, read_subscribe
from protocol.v1.events import decode_notification, encode_batch, is_message, read_message
from protocol.v1.forms import NAME, no_place
from protocol.v1.remotes import REMOTE, decode_remote, encode_payload, encode_remote, show_remote, type_name
from protocol.v1.terms import in_own_terms

DIALECT = "v1"
# So many waiting messages go as one array, without header and query attributes.
ARRAY_SIZE = 100

__all__ = [
    "ARRAY_SIZE",
    "DIALECT",
    "NAME",
    "REMOTE",
    "SUBSCRIBE",
    "canonical_subscribe",
    "decode_action",
    "decode_notification",
    "decode_remote",
    "decode_subscribe",
    "encode_batch",
    "encode_payload",
    "encode_remote",
    "encode_subscribe",
    "in_own_terms",
    "is_message",
    "no_place",
    "read_message",
    "read_subscribe",
    "show_remote",
    "type_name",
]
