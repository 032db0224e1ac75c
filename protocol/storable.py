"""What no database and no other program can take: refused at the door, with its place, or replaced in a text."""

import math
from typing import Any

from protocol.errors import Invalid

MAX_DEPTH = 50


def check_storable(value: Any, path: str = "", depth: int = 0) -> None:
    """Raise Invalid for text with U+0000 or half a surrogate pair, a number beyond all bounds, or too deep nesting.

    JSON can write them all, though neither PostgreSQL nor most readers of JSON can take them.
    """
    if depth > MAX_DEPTH:
        raise Invalid("", f"is nested too deep; {MAX_DEPTH} levels at the most")
    if isinstance(value, dict):
        for key, item in value.items():
            _check_text(key, path)
            check_storable(item, f"{path}.{key}" if path else key, depth + 1)
    elif isinstance(value, list):
        for place, item in enumerate(value):
            check_storable(item, f"{path}[{place}]", depth + 1)
    elif isinstance(value, str):
        _check_text(value, path)
    elif isinstance(value, float) and not math.isfinite(value):
        raise Invalid(path, "is too large for a number")


def storable_text(text: str) -> str:
    """The text with U+0000 and halves of surrogate pairs replaced, where it must be kept whatever it holds."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()


def _check_text(text: str, path: str) -> None:
    if "\x00" in text:
        raise Invalid(path, "must not hold the character U+0000")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise Invalid(path, "holds half of a surrogate pair, which is no text") from None
