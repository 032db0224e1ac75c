"""Published fields: all of a file's schema as paths, and a document that has each of them."""

from collections.abc import Iterator
from typing import Any

from tests import published

Schema = dict[str, Any]


def leaves(name: str, file: str) -> dict[str, Any]:
    """A value for each field of the schema that is no object, by its path (`energies[].level`); links are left out."""
    return dict(_leaves({"$ref": f"#/components/schemas/{name}"}, "", published.components(file)["schemas"]))


def _leaves(schema: Schema, path: str, schemas: dict[str, Schema]) -> Iterator[tuple[str, Any]]:
    if "$ref" in schema:
        yield from _leaves(schemas[schema["$ref"].rpartition("/")[2]], path, schemas)
        return
    parts = [*schema.get("allOf", ()), *schema.get("oneOf", ()), *schema.get("anyOf", ())]
    for part in parts:
        yield from _leaves(part, path, schemas)
    for name, inner in schema.get("properties", {}).items():
        if name != "_links":
            yield from _leaves(inner, f"{path}.{name}" if path else name, schemas)
    if isinstance(schema.get("items"), dict):
        yield from _leaves(schema["items"], f"{path}[]", schemas)
    elif not parts and "properties" not in schema and schema.get("type") not in ("object", "array", None):
        yield path, _value(schema)


def _value(schema: Schema) -> Any:
    if schema.get("enum"):
        return schema["enum"][0]
    if schema["type"] == "string":
        return "2026-11-21T11:00:00Z" if schema.get("format") == "date-time" else "PT7H30M"
    return True if schema["type"] == "boolean" else 7


def document(values: dict[str, Any]) -> Any:
    """The document that has these values at these paths, each list with one item."""
    found: dict[str, Any] = {}
    for path, value in values.items():
        put(found, path, value)
    return found


def put(document: Any, path: str, value: Any) -> None:
    """Set what stands at the path, and make what is missing on the way."""
    *way, last = path.replace("[]", ".[]").split(".")
    node = document
    for name, following in zip(way, [*way, last][1:], strict=True):
        node = _step(node, name, [] if following == "[]" else {})
    if last == "[]":
        node[:] = [value]
    else:
        node[last] = value


def _step(node: Any, name: str, empty: Any) -> Any:
    if name != "[]":
        return node.setdefault(name, empty)
    if not node:
        node.append(empty)
    return node[0]


def paths(node: Any, path: str = "") -> Iterator[str]:
    """The paths of what a document holds that is no object."""
    if isinstance(node, dict):
        for name, value in node.items():
            yield from paths(value, f"{path}.{name}" if path else name)
    elif isinstance(node, list):
        for item in node:
            yield from paths(item, f"{path}[]")
    else:
        yield path
