"""The codec of each dialect, and notifications in either."""

from protocol import v1, v3
from protocol.canonical.reading import Read, read_each
from protocol.codec import Codec

CODECS: dict[str, Codec] = {v3.DIALECT: v3, v1.DIALECT: v1}


def codec(dialect: str) -> Codec:
    """The dialect's codec. Raises KeyError for one that nobody speaks."""
    return CODECS[dialect]


def decode_notification(body: object) -> Read:
    """Read what is posted to a webhook, told apart by its form, also member by member in an array.

    Raises Invalid when the body as a whole can't be read.
    """
    return read_each(body, "events", _one)


def _one(member: object) -> Read:
    return v1.read_message(member) if v1.is_message(member) else v3.read_message(member)
