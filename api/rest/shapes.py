"""What the OpenAPI components are put together from."""

from typing import Any

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


def links(*names: str) -> Schema:
    return an_object({name: component("Link") for name in names}, names)


def page_of(name: str, item: str, total: Schema = NUMBER) -> Schema:
    """CollectionResult with `_embedded.<name>`, a list of components `item`."""
    numbers = {"total": total, "totalPage": NUMBER, "currentPage": NUMBER}
    page_links = an_object({name: component("Link") for name in ("self", "first", "next")}, ("self", "first"))
    embedded = an_object({name: a_list(component(item))}, (name,))
    return an_object({"_links": page_links, **numbers, "_embedded": embedded}, ("_links", *numbers, "_embedded"))
