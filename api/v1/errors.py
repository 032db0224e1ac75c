"""v1's error shape: `{name, debug, message}` (xError, 501RemoteError, DataNotFoundError of connected-car-v1.yaml)."""

import uuid
from http import HTTPStatus
from typing import Any

from api.rest.errors import Meaning

# What these are called; anything else goes by the name of its HTTP status.
_NAMES = {
    Meaning.LACKS_FEATURE: "REMOTE_NOT_SUPPORTED",
    Meaning.UNKNOWN_CHANNEL_KIND: "CHANNEL_NOT_SUPPORTED",
    Meaning.NO_DATA: "DATA_NOT_FOUND",
}
# As the example of DataNotFoundError has it.
_NO_DATA_CODE = 1001


class V1Errors:
    """ErrorShape of api/rest/errors.py."""

    def status(self, status: int, meaning: Meaning) -> int:
        return int(HTTPStatus.NOT_IMPLEMENTED) if meaning == Meaning.LACKS_FEATURE else status

    def body(self, status: int, message: str, meaning: Meaning = Meaning.GENERAL) -> dict[str, Any]:
        body = {
            "name": _NAMES.get(meaning, HTTPStatus(status).name),
            "debug": f"ERROR_{uuid.uuid4().hex}",
            "message": message,
        }
        return body | {"code": _NO_DATA_CODE} if meaning == Meaning.NO_DATA else body


ERRORS = V1Errors()
