"""How an endpoint describes itself for the OpenAPI document of its dialect."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from drf_spectacular.utils import OpenApiParameter, extend_schema

from api.rest.hal import Paging
from protocol.canonical.secret_names import MASK

View = TypeVar("View", bound=Callable[..., Any])
JsonSchema = dict[str, Any]

HAL = "application/hal+json"
JSON = "application/json"

# What is said of a registration that replaces another.
KEEPS = f"Where the `value` of an attribute is `{MASK}`, the secret that it has stays, as long as the host does."

_ALWAYS = (401, 405, 406, 429)
_WITH_BODY = (400, 415)


def query(name: str, schema: JsonSchema, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=description)


def header(name: str, schema: JsonSchema, description: str) -> OpenApiParameter:
    return OpenApiParameter(name, schema, OpenApiParameter.HEADER, description=description)


INDEX_RANGE = query(
    "indexRange", {"type": "string", "pattern": r"^\d{1,9}-\d{0,9}$", "default": "0-"}, "First and last index: 0-9, 5-."
)


def page_parameters(paging: Paging) -> tuple[OpenApiParameter, ...]:
    size = {"type": "integer", "minimum": 1, "maximum": paging.most, "default": paging.usual}
    return (
        query("pageSize", size, "Entries a page."),
        query("pageToken", {"type": "string"}, "Where a page begins; taken from the links of another page."),
    )


Example = tuple[str, Any]
"""What it shows, and a body."""


@dataclass(frozen=True)
class Shown:
    """What a document shows besides: examples by a name, of errors by their status, and what is posted to webhooks.

    `requests` and `answers` are those of the operation `sends`, which takes a remote action.
    """

    sends: str
    requests: Mapping[str, Example]
    answers: Mapping[str, Example]
    errors: Mapping[int, Mapping[str, Example]]
    webhooks: Mapping[str, Any]

    def components(self) -> dict[str, Any]:
        """All of the examples, as components."""
        errors = {name: example for of_status in self.errors.values() for name, example in of_status.items()}
        named = {**_named("send", self.requests), **_named("accepted", self.answers), **_named("error", errors)}
        return {name: {"summary": summary, "value": value} for name, (summary, value) in named.items()}


def _named(kind: str, examples: Mapping[str, Example]) -> dict[str, Example]:
    return {f"{kind}-{name}": example for name, example in examples.items()}


def _refer(kind: str, examples: Mapping[str, Example]) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/examples/{kind}-{name}"} for name in examples}


class Document:
    """A dialect's OpenAPI document: its components, what each status means in it, and the paths that are its own."""

    def __init__(
        self,
        schemas: Mapping[str, JsonSchema],
        errors: Mapping[int, str],
        prefix: str,
        *,
        shown: "Shown",
        always: Sequence[int] = _ALWAYS,
    ) -> None:
        self.schemas = schemas
        self._errors = errors
        self._prefix = prefix
        self._shown = shown
        self._always = always

    def ref(self, name: str) -> JsonSchema:
        """A reference to a component."""
        assert name in self.schemas, name
        return {"$ref": f"#/components/schemas/{name}"}

    def describes(
        self,
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
        codes = sorted({*errors, *self._always, *(_WITH_BODY if body else ())})
        responses: dict[Any, Any] = {(status, HAL): answer} if answer else {status: None}
        responses |= {(code, JSON): {**self.ref("Error"), "description": self._errors[code]} for code in codes}
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

    def only_own(self, endpoints: list[Any], **_: Any) -> list[Any]:
        """drf-spectacular's hook before: the paths of this dialect, of all that there are."""
        return [endpoint for endpoint in endpoints if endpoint[0].startswith(self._prefix)]

    def add_components(self, result: dict[str, Any], **_: Any) -> dict[str, Any]:
        """drf-spectacular's hook after: our components, and the words of each error beside its code."""
        result["components"]["schemas"] = {**result["components"].get("schemas", {}), **self.schemas}
        result["components"]["examples"] = self._shown.components()
        result["webhooks"] = dict(self._shown.webhooks)
        for path in result["paths"].values():
            for operation in path.values():
                self._say_errors(operation["responses"])
                if "requestBody" in operation:
                    operation["requestBody"]["required"] = True
                if operation["operationId"] == self._shown.sends:
                    self._show_remotes(operation)
        return result

    def _show_remotes(self, operation: dict[str, Any]) -> None:
        operation["requestBody"]["content"][JSON]["examples"] = _refer("send", self._shown.requests)
        operation["responses"]["202"]["content"][HAL]["examples"] = _refer("accepted", self._shown.answers)

    def _say_errors(self, responses: dict[str, Any]) -> None:
        for code, response in responses.items():
            words = self._errors.get(int(code))
            if words:
                response["description"] = words
                for content in response.get("content", {}).values():
                    content["schema"].pop("description", None)
                    content["examples"] = _refer("error", self._shown.errors[int(code)])
