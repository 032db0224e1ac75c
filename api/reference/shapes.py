"""The components of an OpenAPI document for reading: a row for each field, and an example of the whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from api.reference.marking import marked
from api.reference.samples import ACTION_ID, HOST, TIME, VIN
from api.rest.shapes import ID, Schema
from protocol.schema import expected

# Examples of fields by their names, where the schema has none.
_WORDS = {"vin": VIN, "secret": "whsec_…", "href": f"{HOST}/…", "target": "https://example.com/hook", "key": "X-Site"}
_WORDS |= {"brand": "Peugeot", "name": "hook", "label": "night shift", "message": "…", "status": "Success"}
_BY_FORMAT = {"date-time": TIME, "duration": "PT5M", "uri": HOST}


@dataclass(frozen=True)
class Row:
    """`path` of a field, what is allowed there in words, the component that it is, and what is said of it."""

    path: str
    words: str
    refers_to: str
    description: str
    is_required: bool


@dataclass(frozen=True)
class Shape:
    name: str
    description: str
    rows: list[Row]


def name_of(schema: Mapping[str, Any]) -> str:
    """The component that a schema refers to, itself or as a list; empty for none."""
    return str(schema.get("$ref") or schema.get("items", {}).get("$ref", "")).rpartition("/")[2]


def shapes(components: Mapping[str, Schema]) -> list[Shape]:
    """All of them, by name."""
    named = sorted(components.items())
    return [Shape(name, marked(schema.get("description", "")), list(rows(schema))) for name, schema in named]


def rows(schema: Schema, path: str = "") -> Iterator[Row]:
    """The fields below a schema, from the top down; what is another component is named, not repeated."""
    for key, part in schema.get("properties", {}).items():
        place = f"{path}.{key}" if path else key
        required = key in schema.get("required", ())
        yield Row(place, _words(part), name_of(part), marked(part.get("description", "")), required)
        is_list = part.get("type") == "array"
        yield from rows(part["items"] if is_list else part, place + ("[]" if is_list else ""))


def _words(schema: Schema) -> str:
    if "$ref" in schema:
        return ""
    if schema.get("type") == "array":
        return "a list of" if "$ref" in schema["items"] else "a list"
    return expected({key: value for key, value in schema.items() if key != "format" or value != "uri"})


def example(schema: Schema, components: Mapping[str, Schema], name: str = "") -> Any:
    """A value that the schema allows, the same each time. `name` is that of its field."""
    if "$ref" in schema:
        return example(components[name_of(schema)], components, name)
    if schema.get("type") == "array":
        return [example(schema["items"], components, name)]
    if schema.get("type") == "object":
        return {key: example(part, components, key) for key, part in _shown(schema)}
    if "examples" in schema or "enum" in schema:
        return [*schema.get("examples", ()), *schema.get("enum", ())][0]
    return _scalar(schema, name)


def _shown(schema: Schema) -> list[tuple[str, Schema]]:
    """The fields of an object: of those that exclude each other the first, else all."""
    parts = schema.get("properties", {})
    options = {key for option in schema.get("oneOf", ()) for key in option.get("required", ())}
    first = set(schema["oneOf"][0]["required"]) if options else set()
    return [(key, part) for key, part in parts.items() if key not in options - first]


def _scalar(schema: Schema, name: str) -> Any:
    match schema.get("type"):
        case "boolean":
            return True
        case "integer" | "number":
            return schema.get("default", schema.get("minimum", 1))
        case _ if schema.get("pattern") == ID["pattern"]:
            return ACTION_ID
    return _BY_FORMAT.get(schema.get("format", ""), _WORDS.get(name, "…"))
