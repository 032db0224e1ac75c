"""OAuth's error shape: `{error, error_description}` (RFC 6749, 5.2)."""

from typing import Any

from api.rest.errors import Meaning

# Words of the RFC: those of 5.2, and of 4.1.2.1 for what it has none at this endpoint.
_WORDS = {500: "server_error", 429: "temporarily_unavailable", 503: "temporarily_unavailable"}


class OAuthErrors:
    """ErrorShape of api/rest/errors.py."""

    def status(self, status: int, _meaning: Meaning) -> int:
        return status

    def body(self, status: int, message: str, _meaning: Meaning = Meaning.GENERAL) -> dict[str, Any]:
        return {"error": _WORDS.get(status, "invalid_request"), "error_description": message}


ERRORS = OAuthErrors()
