"""What a vehicle is called, so that nobody takes it for another: labels may be the same, or look so, or not be seen."""

import re
import unicodedata

# Marks of direction, which turn about what stands around them, and what takes no room. The joiners of emoji stay.
_UNSEEN = re.compile(r"[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
# Letters and a symbol that show nothing.
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_SEEN = frozenset("LNPS")


def shown(label: str) -> str:
    """The label as it is shown; empty where there would be nothing to see."""
    text = _UNSEEN.sub("", label).strip()
    is_seen = any(unicodedata.category(letter)[0] in _SEEN and letter not in _BLANK for letter in text)
    return text if is_seen else ""


def full_name(label: str, vin: str) -> str:
    """In a line of text, wherever the VIN does not stand beside: a label alone may be that of several vehicles."""
    name = shown(label)
    return f"{name} · {vin}" if name else vin
