"""The codec of each dialect."""

from protocol import v3
from protocol.codec import Codec

CODECS: dict[str, Codec] = {v3.DIALECT: v3}


def codec(dialect: str) -> Codec:
    """The dialect's codec. Raises KeyError for one that nobody speaks."""
    return CODECS[dialect]
