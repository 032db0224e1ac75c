"""v3's error shape: `{code, uuid, message, timestamp}`, `code` = HTTP status and two digits (xError)."""

import uuid
from datetime import UTC, datetime
from typing import Any

from api.rest.errors import Meaning
from protocol.canonical import format_time

# The two digits behind the HTTP status, where one status has several meanings.
_GENERAL = 99
_DIGITS = {
    Meaning.INVALID_BODY: 1,
    Meaning.NOT_ALLOWED_FOR_CALLBACK: 2,
    Meaning.NOT_POSSIBLE: 3,
    Meaning.LACKS_FEATURE: 3,
}


class V3Errors:
    """ErrorShape of api/rest/errors.py."""

    def status(self, status: int, _meaning: Meaning) -> int:
        return status

    def body(self, status: int, message: str, meaning: Meaning = Meaning.GENERAL) -> dict[str, Any]:
        return {
            "code": status * 100 + _DIGITS.get(meaning, _GENERAL),
            "uuid": str(uuid.uuid4()),
            "message": message,
            "timestamp": format_time(datetime.now(UTC)),
        }


ERRORS = V3Errors()
