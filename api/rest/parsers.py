"""Bodies are JSON in UTF-8, whatever charset their Content-Type claims (RFC 8259), and of a sensible size."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from protocol.parts import check_parts
from protocol.storable import MAX_DEPTH

MAX_BYTES = 1_000_000
# The largest body that means something is a callback with 50 attributes: some 300 values.
MAX_PARTS = 10_000


class Utf8JsonParser(JSONParser):
    """Strict: no NaN, no field twice, nothing beyond MAX_BYTES, MAX_PARTS and MAX_DEPTH."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        body = stream.read(MAX_BYTES + 1)
        if len(body) > MAX_BYTES:
            raise ParseError(f"it is longer than {MAX_BYTES} bytes.")
        try:
            check_parts(body, MAX_PARTS, MAX_DEPTH)
            return json.loads(body.decode(), parse_constant=_no_constant, object_pairs_hook=_each_once)
        except RecursionError:
            raise ParseError("it is nested too deep.") from None
        except ValueError as error:
            raise ParseError(str(error)) from error


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Of a field that stands there twice one reader takes the first value, another one the last (RFC 8259, 4)."""
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise ValueError("a field stands twice in the same object")
    return fields


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
