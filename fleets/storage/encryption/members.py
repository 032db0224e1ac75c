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


def sealed_in(stored: str, plain: Collection[str] = ()) -> list[str]:
    """What `open_members` would open in the text of a document; in `plain` members anybody may have written alike."""
    try:
        document = json.loads(stored)
    except ValueError:
        return []
    members = document.items() if isinstance(document, dict) else ()
    return [sealed for name, value in members if name not in plain and (sealed := _sealed(value))]


def _opened(value: Any) -> Any:
    sealed = _sealed(value)
    return json.loads(unseal(sealed)) if sealed else value


def _sealed(value: Any) -> str:
    """What is encrypted in the member, empty where nothing is."""
    sealed = value[_MARK] if isinstance(value, dict) and value.keys() == {_MARK} else ""
    return sealed if isinstance(sealed, str) and is_sealed(sealed) else ""
