"""The OpenAPI document of v1, at /api/v1/schema."""

from collections.abc import Sequence
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter

from api.reference import notifications
from api.reference.shown import shown
from api.rest.docs import INDEX_RANGE, Document, page_parameters, query
from api.v1.pages import PAGING
from api.v1.schemas import SCHEMAS
from protocol.v1 import scopes

TOKEN_URL = "/as/token.oauth2"  # noqa: S105

_ERRORS = {
    400: "The request breaks a rule; `message` names the field by its path and says what is allowed.",
    401: "No token, or one that is worth nothing.",
    403: "The token lacks the scope that `message` names, or the client may not send this type.",
    404: "There is no such thing for this client.",
    405: "This address does not know this method.",
    406: "The Accept header names nothing that we send.",
    409: "The Idempotency-Key was used for another request, or it is too late to cancel.",
    415: "The body is not application/json.",
    429: "Too many requests; `Retry-After` says when to try again.",
    501: "What was asked for is not offered: by this vehicle, by its cloud, or by FleetRemote.",
}

# As in v3, and that the token lacks a scope.
_ALWAYS = (401, 403, 405, 406, 429)
_SCHEMAS = {**SCHEMAS, **notifications.SCHEMAS["v1"]}
_SHOWN = shown("v1", "sendVehicleRemotes")
DOCUMENT = Document(_SCHEMAS, _ERRORS, "/api/connectedcar/v1/", shown=_SHOWN, always=_ALWAYS)
ref = DOCUMENT.ref
# drf-spectacular's hooks.
only_own, add_components = DOCUMENT.only_own, DOCUMENT.add_components

PAGE = (*page_parameters(PAGING), INDEX_RANGE)
CLIENT_ID = query("client_id", {"type": "string"}, "The client to whom the token was given; may be left out.")


def describes(*words: Any, parameters: Sequence[OpenApiParameter] = (), **more: Any) -> Any:
    """As Document.describes: each endpoint takes a `client_id`."""
    return DOCUMENT.describes(*words, parameters=[CLIENT_ID, *parameters], **more)


# What differs from v3's document, for drf-spectacular.
SETTINGS = {
    "TITLE": "FleetRemote: the Connected Car API v1",
    "DESCRIPTION": "Vehicles, telemetry, channels and remotes of the manufacturer's published API, with extensions "
    "that are marked as such.",
    "VERSION": "1.0.28",
    "SCHEMA_PATH_PREFIX": "/api/connectedcar/v1",
    "PREPROCESSING_HOOKS": ["api.v1.docs.only_own"],
    "POSTPROCESSING_HOOKS": ["api.v1.docs.add_components"],
}

_READ = {scope: f"read remote actions of the type {name}" for name, scope in scopes.READ.items()}
_WRITE = {scope: f"send remote actions of the type {name}" for name, scope in scopes.WRITE.items()}
_SCOPES = {
    scopes.VEHICLE: "read vehicles",
    scopes.TELEMETRY: "read the latest telemetry of vehicles",
    scopes.CHANNEL: "read channels",
    scopes.CHANNEL_WRITE: "create, change, delete and read channels",
    scopes.REMOTE: "read remote actions of every type",
    **_READ,
    **_WRITE,
}


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """OAuth2 client credentials; of several scopes one is enough."""

    target_class = "api.oauth.authentication.BearerAuthentication"
    name = "OAuth2"

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        view, method = auto_schema.view, auto_schema.method
        wanted = (view.described_scopes or view.scopes).get(method, ())
        return [{"OAuth2": [scope]} for scope in wanted] or [{"OAuth2": []}]

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        flow = {"tokenUrl": TOKEN_URL, "scopes": _SCOPES}
        return {"type": "oauth2", "flows": {"clientCredentials": flow}}
