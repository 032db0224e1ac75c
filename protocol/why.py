"""Why something did not go, waits or has ended: a code with values. Whoever reads it makes words of it.

Whoever makes a code says its sentence in English beside it; that of another language is a translation of it
(fleets/words/why.py). What is stored is the code, so a sentence can be reworded at any time.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Union

from protocol.storable import storable_text

# Text that is shown as it is (a name, words of others), a number, or what has a code of its own.
Value = Union[str, int, "Why"]

_sentences: dict[str, str] = {}


def gettext_noop(sentence: str) -> str:
    """Marks a sentence for the translators, as Django's own does, which rooms without Django can't use."""
    return sentence


def code(name: str, sentence: str) -> str:
    """Make a code known, and give its name. The places of its values are written %(name)s.

    Raises ValueError where the name stands for another sentence already.
    """
    if _sentences.setdefault(name, sentence) != sentence:
        raise ValueError(f"The code {name} stands for two sentences.")
    return name


def sentences() -> dict[str, str]:
    """The sentence of each code that is known."""
    return dict(_sentences)


@dataclass(frozen=True, init=False)
class Why:
    """`code` is one that `code` has made known, or one of another version of FleetRemote.

    What no database can hold of a text (others may have written it) is replaced.
    """

    code: str
    values: Mapping[str, Value]

    def __init__(self, code: str, /, **values: Value) -> None:
        object.__setattr__(self, "code", code)
        kept = {name: storable_text(item) if isinstance(item, str) else item for name, item in values.items()}
        object.__setattr__(self, "values", kept)

    def __str__(self) -> str:
        """In English, as the API and the log have it."""
        return worded(self, lambda sentence: sentence, lambda number: f"{number:,}")

    def document(self) -> dict[str, Any]:
        """As it is stored, in JSON: {code, values}, without values where there are none."""
        values = {name: item.document() if isinstance(item, Why) else item for name, item in self.values.items()}
        return {"code": self.code, "values": values} if values else {"code": self.code}


# What was stored as a sentence before there were codes, and is the sentence of none.
AS_WRITTEN = code("as-written", "%(text)s")


class SaysWhy(Exception):
    """Something that is not done; `why` is fit for a person."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def read_why(stored: object) -> Why | None:
    """What `Why.document` has made; None for anything else."""
    if not isinstance(stored, Mapping) or not isinstance(stored.get("code"), str):
        return None
    values = stored.get("values")
    items = values.items() if isinstance(values, Mapping) else ()
    return Why(stored["code"], **{str(name): _value(item) for name, item in items})


def worded(why: Why, sentence_in: Callable[[str], str], number_in: Callable[[int], str]) -> str:
    """The words in a language, given how it says a sentence (its places left in it) and a number.

    A code that is not known is shown as it is, with its values.
    """
    words = {name: _words(item, sentence_in, number_in) for name, item in why.values.items()}
    sentence = _sentences.get(why.code)
    if sentence is None:
        return " ".join([why.code, *words.values()])
    return sentence_in(sentence) % _Values(words)


def _words(item: Value, sentence_in: Callable[[str], str], number_in: Callable[[int], str]) -> str:
    if isinstance(item, Why):
        return worded(item, sentence_in, number_in)
    return item if isinstance(item, str) else number_in(item)


def _value(item: object) -> Value:
    is_number = isinstance(item, int) and not isinstance(item, bool)
    return read_why(item) or (item if is_number or isinstance(item, str) else str(item))  # type: ignore[return-value]


class _Values(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return ""
