"""What a language does to the name of a town after "of" and "at". Names are as the gazetteer has them."""

import re

from fleets.places.folding import folded

# What "de" and "à" become with the article that a town's name begins with.
_ARTICLES = {"Le": ("du", "au"), "Les": ("des", "aux")}
_VOWEL = re.compile("[aeiouyh]")


def of(name: str, language: str) -> str:
    """In French with its "de": de Lyon, d'Amiens, du Havre. Elsewhere as it is."""
    if not language.startswith("fr"):
        return name
    article, _blank, rest = name.partition(" ")
    if rest and article in _ARTICLES:
        return f"{_ARTICLES[article][0]} {rest}"
    return f"d'{name}" if _VOWEL.match(folded(name)) else f"de {name}"


def at(name: str, language: str) -> str:
    """In French with its "à": à Lyon, au Havre, aux Ulis. Elsewhere as it is."""
    if not language.startswith("fr"):
        return name
    article, _blank, rest = name.partition(" ")
    if rest and article in _ARTICLES:
        return f"{_ARTICLES[article][1]} {rest}"
    return f"à {name}"
