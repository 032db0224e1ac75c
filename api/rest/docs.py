"""How an endpoint describes itself for the OpenAPI document at /api/schema."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.utils import OpenApiParameter, extend_schema

from api.rest.schemas import SCHEMAS

View = TypeVar("View", bound=Callable[..., Any])
JsonSchema = dict[str, Any]

HAL = "application/hal+json"
JSON = "application/json"

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
_ALWAYS = (401, 405, 406, 429)
_WITH_BODY = (400, 415)


def ref(name: str) -> JsonSchema:
    """A reference to a component of api/rest/schemas.py."""
    assert name in SCHEMAS, name
    return {"$ref": f"#/components/schemas/{name}"}


def query(name: str, schema: JsonSchema, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=description)


def header(name: str, schema: JsonSchema, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, description=description)


PAGE = (
    query("pageSize", {"type": "integer", "minimum": 1, "maximum": 60, "default": 60}, "Entries a page."),
    query("pageToken", {"type": "string"}, "Where a page begins; taken from the links of another page."),
)
INDEX_RANGE = query(
    "indexRange", {"type": "string", "pattern": r"^\d{1,9}-\d{0,9}$", "default": "0-"}, "First and last index: 0-9, 5-."
)


def describes(
    name: str,
    summary: str,
    answer: JsonSchema | None,
    *,
    tag: str,
    status: int = 200,
    body: JsonSchema | None = None,
    parameters: Sequence[OpenApiParameter] = (),
    errors: Sequence[int] = (404,),
) -> Callable[[View], View]:
    """Describe one method of an endpoint: `answer` with `status`, and every error that it can give."""
    codes = sorted({*errors, *_ALWAYS, *(_WITH_BODY if body else ())})
    responses: dict[Any, Any] = {(status, HAL): answer} if answer else {status: None}
    responses |= {(code, JSON): {**ref("Error"), "description": _ERRORS[code]} for code in codes}
    decorate = extend_schema(
        operation_id=name,
        summary=summary,
        description=summary,
        tags=[tag],
        request={JSON: body} if body else None,
        responses=responses,
        parameters=list(parameters),
    )

    def decorator(view: View) -> View:
        decorated: View = decorate(view)
        return decorated

    return decorator


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


def add_components(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """drf-spectacular's hook: our components, and the words of each error beside its code."""
    result["components"]["schemas"] = {**result["components"].get("schemas", {}), **SCHEMAS}
    for path in result["paths"].values():
        for operation in path.values():
            _say_errors(operation["responses"])
            if "requestBody" in operation:
                operation["requestBody"]["required"] = True
    return result


def _say_errors(responses: dict[str, Any]) -> None:
    for code, response in responses.items():
        words = _ERRORS.get(int(code))
        if words:
            response["description"] = words
            for content in response.get("content", {}).values():
                content["schema"].pop("description", None)
