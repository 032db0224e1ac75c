"""The OpenAPI document of a dialect, as a value."""

from functools import cache
from threading import Lock
from typing import Any

from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import patched_settings

from api.v1.docs import SETTINGS as V1_SETTINGS

# drf-spectacular's own settings are one object for all threads, which a document of another dialect changes meanwhile.
ONE_AT_A_TIME = Lock()

_SETTINGS: dict[str, dict[str, Any]] = {"v3": {}, "v1": V1_SETTINGS}


@cache
def document(dialect: str) -> dict[str, Any]:
    """That of "v3" or "v1", made once in a process; it is read, not changed."""
    with ONE_AT_A_TIME, patched_settings(_SETTINGS[dialect]):
        made: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return made
