"""The operations of an OpenAPI document for reading: what to send, what comes, and how it is typed."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.reference.marking import marked
from api.reference.shapes import example, name_of
from protocol.schema import expected

# What stands in an address in braces, as the guide calls it in a shell.
_VARIABLES = {"fid": "FLEET", "vid": "VEHICLE", "cbid": "CALLBACK", "chid": "CHANNEL", "rid": "REMOTE", "bid": "BATCH"}
# How the summary of an operation that is not published begins.
_EXTENSION = "Extension: "
_ROOTS = {"v3": "/connectedcar/v3", "v1": "/api/connectedcar/v1"}


@dataclass(frozen=True)
class Parameter:
    name: str
    place: str
    words: str
    description: str
    is_required: bool


@dataclass(frozen=True)
class Answer:
    """`shape` is the component of its body; `body` an example, as JSON."""

    code: str
    description: str
    shape: str
    body: str

    @property
    def is_error(self) -> bool:
        return self.code >= "400"


@dataclass(frozen=True)
class Operation:
    """`scopes`: of v1, one is enough. `curl` is how it is typed, with the variables of the guide."""

    name: str
    method: str
    path: str
    title: str
    is_extension: bool
    summary: str
    scopes: list[str]
    parameters: list[Parameter]
    takes: str
    curl: str
    answers: list[Answer]


def operations(document: Mapping[str, Any], dialect: str) -> dict[str, list[Operation]]:
    """All of them, by their tag."""
    found: dict[str, list[Operation]] = {}
    for path, methods in document["paths"].items():
        for method, described in methods.items():
            operation = _operation(document, dialect, method.upper(), path.removeprefix(_ROOTS[dialect]), described)
            found.setdefault(described["tags"][0], []).append(operation)
    return found


def _operation(
    document: Mapping[str, Any], dialect: str, method: str, path: str, described: Mapping[str, Any]
) -> Operation:
    schemas = document["components"]["schemas"]
    takes = _schema(described.get("requestBody", {}))
    body = json.dumps(example(takes, schemas), ensure_ascii=False) if takes else ""
    return Operation(
        name=described["operationId"],
        method=method,
        path=path,
        title=_title(described["summary"]),
        is_extension=described["summary"].startswith(_EXTENSION),
        summary=marked(described["summary"].removeprefix(_EXTENSION)),
        scopes=[scope for each in described.get("security", ()) for scope in each.get("OAuth2", ())],
        parameters=[_parameter(each) for each in described.get("parameters", ())],
        takes=name_of(takes),
        curl=_curl(dialect, method, path, body),
        answers=[_answer(code, answer, schemas) for code, answer in described["responses"].items()],
    )


def _title(summary: str) -> str:
    """What comes before the first stop of a summary."""
    words = re.split(r"[.;](?: |$)", summary.removeprefix(_EXTENSION))[0]
    return words[:1].upper() + words[1:]


def _schema(body: Mapping[str, Any]) -> dict[str, Any]:
    """That of a body, in whatever form; empty for none."""
    return next((content["schema"] for content in body.get("content", {}).values()), {})


def _parameter(described: Mapping[str, Any]) -> Parameter:
    words = expected(described["schema"])
    text = marked(described.get("description", ""))
    return Parameter(described["name"], described["in"], words, text, described.get("required", False))


def _answer(code: str, described: Mapping[str, Any], schemas: Mapping[str, Any]) -> Answer:
    schema = _schema(described)
    shown = schema if schema and code < "400" else {}
    body = json.dumps(example(shown, schemas), indent=2, ensure_ascii=False) if shown else ""
    return Answer(code, described.get("description", ""), name_of(schema), body)


def _curl(dialect: str, method: str, path: str, body: str) -> str:
    address = re.sub(r"\{(\w+)\}", lambda found: f"${_VARIABLES[found.group(1)]}", path)
    way = "" if method == "GET" or (method == "POST" and body) else f"-X {method} "
    lines = {
        "v3": [f'curl -u "$LOGIN" {way}"$V3{address}?client_id=$CLIENT_ID"'],
        "v1": [f'curl -H "Authorization: Bearer $TOKEN" {way}"$V1{address}"'],
    }[dialect]
    if body:
        lines += ["-H 'Content-Type: application/json'", f"-d '{body}'"]
    return " \\\n  ".join(lines)
