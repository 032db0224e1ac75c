"""How a page says how something stands: a few words, and the tone that they are shown in."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Tone(StrEnum):
    """How a status feels to the reader; a page gives each a colour and a mark."""

    GOOD = "good"
    BUSY = "busy"
    WARN = "warn"
    BAD = "bad"
    PLAIN = "plain"


@dataclass(frozen=True)
class Word:
    """A status in a few words, and a sentence that says what it means."""

    text: "StrOrPromise"
    tone: Tone
    meaning: "StrOrPromise" = ""
