"""Bodies are JSON in UTF-8, whatever charset their Content-Type claims (RFC 8259), and of a sensible size."""

import json
from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

MAX_BYTES = 1_000_000


class Utf8JsonParser(JSONParser):
    """Strict: no NaN, no nesting that Python can't read, nothing beyond MAX_BYTES."""

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
            return json.loads(body.decode(), parse_constant=_no_constant)
        except RecursionError:
            raise ParseError("it is nested too deep.") from None
        except ValueError as error:
            raise ParseError(str(error)) from error


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")
