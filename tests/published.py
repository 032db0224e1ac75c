"""The published specification as a judge: bodies are held to its schemas, where it is beside the repository."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft4Validator

from protocol.catalogue import REMOTE_TYPES
from protocol.formats import formats

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "protocol"
API = "fleet-owner-v3.yaml"
WEBHOOK = "fleet-owner-v3-webhook.yaml"
API_V1 = "connected-car-v1.yaml"
WEBHOOK_V1 = "connected-car-v1-webhook.yaml"


@cache
def components(name: str) -> dict[str, Any]:
    """The components of a published file with the remote types that are ours besides; skips when it is missing."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"NOT HELD TO THE PUBLISHED SPECIFICATION: {name} is not beside the repository")
    found: dict[str, Any] = yaml.safe_load(path.read_text())["components"]
    if name == API_V1:  # has them all
        return found
    types = found["schemas"]["RemoteType"]["enum"]
    types += [entry.v3.type_name for entry in REMOTE_TYPES.values() if entry.v3.type_name not in types]
    return found


@cache
def _validator(schema: str, name: str) -> Draft4Validator:
    # OpenAPI 3.0's schemas are those of draft 4 with `nullable`, which the published files don't use.
    return Draft4Validator(
        {"$ref": f"#/components/schemas/{schema}", "components": components(name)}, format_checker=formats
    )


def hold(body: Any, schema: str, name: str = API) -> None:
    """Fail when `body` breaks a schema of the published file; skip when the file is missing."""
    errors = [f"{error.json_path}: {error.message}" for error in _validator(schema, name).iter_errors(body)]
    assert not errors, "\n".join(errors)


Path_ = tuple[str | int, ...]


def examples(schema: str, name: str = API) -> Iterator[tuple[Path_, Any]]:
    """Every `example` below a schema, with the path of the field that it stands at; 0 for any item of a list."""
    yield from _examples({"$ref": f"#/components/schemas/{schema}"}, (), components(name)["schemas"])


def _examples(schema: dict[str, Any], path: Path_, schemas: dict[str, Any]) -> Iterator[tuple[Path_, Any]]:
    if "$ref" in schema:
        yield from _examples(schemas[schema["$ref"].rpartition("/")[2]], path, schemas)
        return
    if "example" in schema:
        yield path, schema["example"]
    for part in (*schema.get("allOf", ()), *schema.get("oneOf", ())):
        yield from _examples(part, path, schemas)
    for key, part in schema.get("properties", {}).items():
        yield from _examples(part, (*path, key), schemas)
    if isinstance(schema.get("items"), dict):
        yield from _examples(schema["items"], (*path, 0), schemas)
