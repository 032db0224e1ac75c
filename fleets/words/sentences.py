"""What FleetRemote writes down and answers with is English; pages say it in the reader's language.

A stored sentence is found again by its template, such as "Not sent: its %(life)s had passed.", and that is what is
translated. Each room makes its templates known when it starts. A sentence that no template fits stays as it is.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.utils.formats import number_format
from django.utils.translation import get_language, gettext

_END = re.compile(r"(?<=[.!?]) ")
_MOST_PARTS = 8
_NUMBER = re.compile(r"\d{1,3}(,\d{3})+")
_PLACE = re.compile(r"%\((\w+)\)s")

_patterns: dict[str, re.Pattern[str]] = {}


@dataclass(frozen=True)
class Found:
    """A sentence's template, and what stands in its places."""

    template: str
    values: dict[str, str]


def know(*templates: str) -> None:
    """Templates in English, their places written %(name)s. Where several fit, the most literal one counts.

    One that begins with a place fits much, and is tried last.
    """
    # One that is nothing but places, such as "%(first)s %(second)s", would fit whatever there is.
    said_something = [template for template in templates if any(map(str.isalpha, _PLACE.sub("", template)))]
    _patterns.update((template, _pattern(template)) for template in said_something)
    ordered = sorted(_patterns.items(), key=lambda item: (item[0].startswith("%("), -len(_PLACE.sub("", item[0]))))
    _patterns.clear()
    _patterns.update(ordered)
    find.cache_clear()


def known() -> list[str]:
    return list(_patterns)


@lru_cache(maxsize=1000)
def find(sentence: str) -> Found | None:
    """The template that the sentence was made from; None where it is none of ours."""
    for template, pattern in _patterns.items():
        match = pattern.fullmatch(sentence)
        if match is not None:
            return Found(template, match.groupdict())
    return None


def said(sentence: str) -> str:
    """The sentence in the reader's language, with what stands in its places."""
    if not sentence or get_language() in (None, settings.LANGUAGE_CODE):
        return sentence
    if _NUMBER.fullmatch(sentence):
        return number_format(int(sentence.replace(",", "")), force_grouping=True)
    found = find(sentence)
    if found is None:
        listed = sentence.split(", ")
        return ", ".join(map(said, listed)) if all(map(find, listed)) else _said_in_parts(sentence)
    return gettext(found.template) % {name: said(value) for name, value in found.values.items()}


def _said_in_parts(text: str) -> str:
    """Of several sentences those that are known, the longest rows of them first."""
    parts = _END.split(text)
    if len(parts) > _MOST_PARTS:
        return text
    done: list[str] = []
    while parts:
        rows = (" ".join(parts[:count]) for count in range(len(parts), 0, -1))
        row = next((row for row in rows if row != text and find(row)), "")
        done.append(said(row) if row else parts[0])
        parts = parts[len(_END.split(row)) :]
    return " ".join(done)


def _pattern(template: str) -> re.Pattern[str]:
    parts = _PLACE.split(template)
    named = [re.escape(part) if place % 2 == 0 else f"(?P<{part}>.+?)" for place, part in enumerate(parts)]
    return re.compile("".join(named), re.DOTALL)
