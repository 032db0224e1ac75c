"""What is said of a failure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Way(StrEnum):
    """What can be done about a failure on its page."""

    AGAIN = "again"
    REFRESH = "refresh"


@dataclass(frozen=True)
class Text:
    """`text` says it in one short sentence, for lists; `meaning` in plain words; `advice` is what to do next."""

    text: "StrOrPromise"
    meaning: "StrOrPromise"
    advice: "StrOrPromise"
    ways: tuple[Way, ...] = (Way.AGAIN,)
