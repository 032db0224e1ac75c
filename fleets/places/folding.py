"""Names as they are compared: without accents, case, hyphens and apostrophes."""

import re
import unicodedata

_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ł": "l", "ı": "i"})


def folded(name: str) -> str:
    """ "Saint-Étienne" is "saint etienne"."""
    apart = unicodedata.normalize("NFKD", name.casefold().translate(_LETTERS))
    plain = "".join(letter for letter in apart if not unicodedata.combining(letter))
    return re.sub(r"[\W_]+", " ", plain).strip()
