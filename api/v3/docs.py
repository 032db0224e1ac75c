"""The OpenAPI document of v3, at /api/schema."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

from api.reference import notifications
from api.reference.shown import shown
from api.rest.docs import Document, page_parameters
from api.v3.pages import PAGING
from api.v3.schemas import SCHEMAS

_ERRORS = {
    400: "The request breaks a rule; `message` names the field by its path and says what is allowed.",
    401: "No credentials, or wrong ones.",
    403: "This client may not send this type.",
    404: "There is no such thing for this client.",
    405: "This address does not know this method.",
    406: "The Accept header names nothing that we send.",
    409: "The Idempotency-Key was used for another request.",
    415: "The body is not application/json.",
    429: "Too many requests; `Retry-After` says when to try again.",
}

_SCHEMAS = {**SCHEMAS, **notifications.SCHEMAS["v3"]}
_SHOWN = shown("v3", "sendRemoteToVhl")
DOCUMENT = Document(_SCHEMAS, _ERRORS, "/connectedcar/v3/", shown=_SHOWN)
describes, ref = DOCUMENT.describes, DOCUMENT.ref
# drf-spectacular's hooks.
only_own, add_components = DOCUMENT.only_own, DOCUMENT.add_components

PAGE = page_parameters(PAGING)


class ApiClientScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """HTTP Basic and `client_id`, together."""

    target_class = "api.rest.authentication.ApiClientAuthentication"
    name = ["BasicAuth", "ClientId"]

    def get_security_requirement(self, auto_schema: Any) -> dict[str, list[str]]:
        return {"BasicAuth": [], "ClientId": []}

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        return [
            {"type": "http", "scheme": "basic"},
            {"type": "apiKey", "in": "query", "name": "client_id"},
        ]
