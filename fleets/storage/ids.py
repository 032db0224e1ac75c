"""Ids as the published API has them: `([0-9a-fA-F]|-|_)*`, also in addresses."""

import secrets
import time
import uuid

from django.urls.converters import StringConverter


class PublicIdConverter(StringConverter):
    """The form of ids in addresses, with a length; anything else is no address of ours."""

    regex = "[0-9a-fA-F_-]{1,100}"


def new_public_id() -> str:
    """24 random hex digits."""
    return secrets.token_hex(12)


def new_ordered_uuid() -> uuid.UUID:
    """A UUID that begins with the time in milliseconds (RFC 9562, version 7), so that an index grows at its end."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | 0x7 << 76 | secrets.randbits(76)
    return uuid.UUID(int=value & ~(0x3 << 62) | 0x2 << 62)
