"""How many parts a JSON text has and how deep they lie, counted over its bytes before anything is made of them.

A few bytes may cost a reader much more than their length: 3 million `{}` are 9 MB, and seconds of work. Counting is
done by what Python does in C, costs microseconds for what is small, and is bounded for what is not. Whether the text
is JSON at all is for its reader to say.
"""

from itertools import accumulate

from protocol.errors import Invalid

_NOT_BRACKETS = bytes(byte for byte in range(256) if byte not in b"[]{}")
_STEPS = [1 if byte in b"[{" else -1 for byte in range(256)]


class TooManyParts(Invalid):
    """There are more parts than `most`."""

    def __init__(self, most: int) -> None:
        super().__init__("", f"it has more than {most:,} parts; send fewer at a time")


class TooDeep(Invalid):
    """Parts lie deeper in each other than is read."""

    def __init__(self, deepest: int) -> None:
        super().__init__("", f"it is nested too deep; {deepest} levels at the most")


def check_parts(text: bytes, most: int, deepest: int) -> None:
    """Raise TooManyParts or TooDeep where a JSON text in UTF-8 has more values than `most`, or deeper ones.

    Names of fields do not count. What stands in strings counts as what it is, text.
    """
    if _at_most(text) <= most and _opened(text) <= deepest:
        return
    outside = _outside_strings(text, most)
    if _at_most(outside) > most:
        raise TooManyParts(most)
    brackets = outside.translate(None, _NOT_BRACKETS)
    if max(accumulate(map(_STEPS.__getitem__, brackets)), default=0) > deepest:
        raise TooDeep(deepest)


def _opened(text: bytes) -> int:
    return text.count(b"[") + text.count(b"{")


def _at_most(text: bytes) -> int:
    """Each value but the first one follows a comma, or is the first in something."""
    return 1 + text.count(b",") + _opened(text)


def _outside_strings(text: bytes, most: int) -> bytes:
    """The text without what stands in its strings. Raises TooManyParts where there are more strings than parts have."""
    # In pairs from the left, so that only a quote that ends or begins a string is left.
    text = text.replace(rb"\\", b"").replace(rb"\"", b"")
    # Each value, and each name of a field, is one string at the most.
    if text.count(b'"') > 4 * most:
        raise TooManyParts(most)
    return b"".join(text.split(b'"')[::2])
