"""The rules of a payload in words, field by field, for the pages that describe them."""

import json
from collections.abc import Iterator

from protocol.schema import Schema, expected


def fields(schema: Schema, path: str, required: bool = False) -> Iterator[tuple[str, str]]:
    """Each field below `schema` with what is allowed there, the field itself first."""
    yield path, "; ".join([*(["required"] if required else []), expected(schema), *_rules(schema)])
    for key, part in schema.get("properties", {}).items():
        yield from fields(part, f"{path}.{key}", key in schema.get("required", []))
    if schema["type"] != "array":
        return
    for place, part in enumerate(schema.get("prefixItems", [])):
        yield from fields(part, f"{path}[{place}]")
    yield from fields(schema["items"], f"{path}[]")


def _rules(schema: Schema) -> Iterator[str]:
    if "absent" in schema:
        yield f"{schema['absent']} means that none is given"
    if "minItems" in schema:
        yield f"at least {schema['minItems']}"
    if "maxItems" in schema:
        yield f"{schema['maxItems']} at the most"
    if "uniqueBy" in schema:
        yield f"each {schema['uniqueBy']} once"
    for keyword, words in (("oneOf", "exactly one of"), ("anyOf", "at least one of")):
        if keyword in schema:
            yield f"{words} {', '.join(option['required'][0] for option in schema[keyword])}"
    if "not" in schema:
        yield str(schema["$comment"])
    if "if" in schema:
        ((key, rule),) = schema["if"]["properties"].items()
        condition = f"{key} is {json.dumps(rule['const'])}"
        if "then" in schema:
            yield f"where {condition}: {', '.join(schema['then']['required'])} required"
        if "else" in schema:
            yield f"unless {condition}: {', '.join(schema['else']['required'])} required"
