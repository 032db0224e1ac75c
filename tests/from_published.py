"""Documents as a published file allows them, for hypothesis: every field that is required, and any of the others."""

from typing import Any

from hypothesis import strategies as st

from tests import published

_TIMES = st.datetimes().map(lambda at: at.replace(microsecond=0).isoformat() + "Z")
_WORDS = st.sampled_from(["a", "PT14H30M", "0a9de72c"])


def documents(schema: str, name: str) -> st.SearchStrategy[Any]:
    """What the schema of a published file allows; skips when the file is missing."""
    return _values({"$ref": f"#/components/schemas/{schema}"}, published.components(name)["schemas"])


def _values(schema: dict[str, Any], schemas: dict[str, Any]) -> st.SearchStrategy[Any]:
    whole = _merged(schema, schemas)
    if "enum" in whole:
        return st.sampled_from(whole["enum"])
    if whole["properties"]:
        fields = {name: _values(part, schemas) for name, part in whole["properties"].items()}
        # What is required and described nowhere is a slip of the file: anything will do.
        slips = {name: st.just("Closed") for name in whole["required"] if name not in fields}
        needed = {name: fields.pop(name) for name in whole["required"] if name in fields}
        return st.fixed_dictionaries(needed | slips, optional=fields)
    if whole.get("type") == "array":
        least, most = whole.get("minItems", 0), min(whole.get("maxItems", 2), 2)
        return st.lists(_values(whole["items"], schemas), min_size=least, max_size=most)
    return _scalars(whole)


def _scalars(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    lowest, highest = schema.get("minimum", 0), schema.get("maximum", 100)
    match schema.get("type"):
        case "boolean":
            return st.booleans()
        case "integer":
            return st.integers(int(lowest), int(highest))
        case "number":
            # As vehicles measure: what is said in another unit is rounded there.
            return st.floats(lowest, highest).map(lambda number: round(number, 3))
        case "object" | None:
            return st.just({})
    return _TIMES if schema.get("format") == "date-time" else _WORDS


def _merged(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    """A schema with those that it names and is made of, in one."""
    if "$ref" in schema:
        return _merged(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    whole: dict[str, Any] = {**schema, "properties": {}, "required": [*schema.get("required", ())]}
    for part in schema.get("allOf", ()):
        found = _merged(part, schemas)
        whole["properties"] |= found.pop("properties")
        whole["required"] += found.pop("required")
        whole = {**found, **whole}
    # Two parts may describe the same field: what both say of it counts.
    for name, field in schema.get("properties", {}).items():
        before = whole["properties"].get(name)
        whole["properties"][name] = {"allOf": [before, field]} if before else field
    return whole
