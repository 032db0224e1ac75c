"""What the OpenAPI components are put together from."""

from typing import Any

from protocol.canonical.secret_names import MASK

Schema = dict[str, Any]

STRING: Schema = {"type": "string"}
NUMBER: Schema = {"type": "integer"}
TIME: Schema = {"type": "string", "format": "date-time"}
ID: Schema = {"type": "string", "pattern": "^([0-9a-fA-F]|-|_)*$"}


def an_object(properties: Schema, required: tuple[str, ...] = ()) -> Schema:
    schema: Schema = {"type": "object", "properties": properties}
    return {**schema, "required": list(required)} if required else schema


def a_list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def component(name: str) -> Schema:
    """A reference to a component, whether it is there or not."""
    return {"$ref": f"#/components/schemas/{name}"}


def masking(name: str) -> Schema:
    """A component in whose attributes an answer masks secrets."""
    return {**component(name), "description": f"The `value` of an attribute that may be a secret is `{MASK}` here."}


def links(*names: str) -> Schema:
    return an_object({name: component("Link") for name in names}, names)


def page_of(name: str, item: str, total: Schema = NUMBER) -> Schema:
    """CollectionResult with `_embedded.<name>`, a list of components `item`."""
    numbers = {"total": total, "totalPage": NUMBER, "currentPage": NUMBER}
    page_links = an_object({name: component("Link") for name in ("self", "first", "next")}, ("self", "first"))
    embedded = an_object({name: a_list(component(item))}, (name,))
    return an_object({"_links": page_links, **numbers, "_embedded": embedded}, ("_links", *numbers, "_embedded"))


_OWN = ("uniqueBy", "aliases", "absent", "$comment")


def published(schema: Any) -> Any:
    """A schema of the wire as OpenAPI shows it: our own keywords and formats in words."""
    if isinstance(schema, list):
        return [published(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    shown = {key: published(value) for key, value in schema.items() if key not in _OWN}
    if "absent" in schema:
        shown |= {"minimum": schema["absent"], "description": f"{schema['absent']} means that none is given."}
    if "uniqueBy" in schema:
        shown["description"] = f"Each {schema['uniqueBy']} once at the most."
    if schema.get("format") == "day-time":
        shown |= {"format": "duration", "description": "From midnight, below 24 hours.", "example": "PT14H30M"}
    if shown.get("required") == []:
        del shown["required"]
    return shown
