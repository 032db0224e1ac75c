"""Documents of which some members are encrypted, each by itself: {"attributes": {"sealed": "gAAAA…"}, …}."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from fleets.storage.encryption.keys import is_sealed, seal, unseal

_MARK = "sealed"


def seal_members(document: Mapping[str, Any], plain: Collection[str] = ()) -> dict[str, Any]:
    """The document as it is stored: each member encrypted but those of `plain`, and what is empty."""
    return {
        name: {_MARK: seal(json.dumps(value, ensure_ascii=False))} if value and name not in plain else value
        for name, value in document.items()
    }


def open_members(stored: Mapping[str, Any], plain: Collection[str] = ()) -> dict[str, Any]:
    """What `seal_members` was given; what isn't encrypted stays. Raises ImproperlyConfigured where no key fits."""
    return {name: value if name in plain else _opened(value) for name, value in stored.items()}


def _opened(value: Any) -> Any:
    if isinstance(value, dict) and value.keys() == {_MARK}:
        sealed = value[_MARK]
        if isinstance(sealed, str) and is_sealed(sealed):
            return json.loads(unseal(sealed))
    return value
