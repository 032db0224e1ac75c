"""Remote types as values of what says why, so that they are read in the reader's language (remotes/words/titles.py)."""

from collections.abc import Collection
from functools import reduce

from fleets.words.sentences import know
from protocol.catalogue import REMOTE_TYPES, RemoteType
from protocol.why import Why, code

_CODES = {name: code(f"type-{name}", entry.title) for name, entry in REMOTE_TYPES.items()}
know(*(entry.title for entry in REMOTE_TYPES.values()))
_LISTED = code("listed", "%(first)s, %(second)s")


def title_why(remote_type: RemoteType) -> Why:
    """The title of one."""
    return Why(_CODES[remote_type.name])


def titles_why(names: Collection[str]) -> Why:
    """Those of several, in the order of the catalogue; there must be one."""
    titles = [title_why(entry) for name, entry in REMOTE_TYPES.items() if name in names]
    return reduce(lambda one, other: Why(_LISTED, first=one, second=other), titles)
