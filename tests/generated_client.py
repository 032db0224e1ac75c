"""Clients generated from the manufacturer's published files, by openapi-python-client."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

WORDS = {"description", "title", "example", "externalDocs", "deprecated"}


def digestible(node: Any) -> Any:
    """The same document, written so that the generator takes it: nothing that a client uses is left out.

    Media types lose a stray space, objects say that they are objects, titles go (two schemas have the same), and an
    `allOf` of one schema and mere words is that schema.
    """
    if isinstance(node, list):
        return [digestible(item) for item in node]
    if not isinstance(node, dict):
        return node
    tidy = {key.strip() if isinstance(key, str) else key: _below(key, value) for key, value in node.items()}
    if isinstance(tidy.get("title"), str) and ("type" in tidy or "allOf" in tidy or "properties" in tidy):
        del tidy["title"]
    if isinstance(tidy.get("allOf"), list):
        return _merged(tidy)
    if isinstance(tidy.get("properties"), dict) and "type" not in tidy:
        tidy["type"] = "object"
    return tidy


def _below(key: Any, value: Any) -> Any:
    """Under `properties` stand names, of which one may be `properties` too."""
    if key == "properties" and isinstance(value, dict):
        return {name: digestible(schema) for name, schema in value.items()}
    return digestible(value)


def _merged(schema: dict[str, Any]) -> dict[str, Any]:
    parts = [part for part in schema["allOf"] if not set(part) <= WORDS]
    required = [name for part in parts if set(part) <= {"required", "type"} for name in part.get("required", [])]
    parts = [part for part in parts if not set(part) <= {"required", "type"}]
    if len(parts) == 1 and "$ref" in parts[0] and not required and set(schema) <= {*WORDS, "allOf"}:
        return parts[0]
    if required:
        parts.append({"type": "object", "required": required})
    return {**schema, "allOf": parts}


def apart(document: dict[str, Any]) -> dict[str, Any]:
    """The same document, with models of its own for what the generator would call alike: two names that differ in their
    capitals only (`link`, `Link`, which say the same), and Remote's `action` beside the component RemoteAction.
    """
    schemas = document["components"]["schemas"]
    by_small = {name.casefold(): name for name in sorted(schemas, reverse=True)}
    twins = {name: by_small[name.casefold()] for name in schemas if by_small[name.casefold()] != name}
    for twin in twins:
        del schemas[twin]
    action = schemas.get("Remote", {}).get("properties", {})
    if "action" in action:
        schemas["AnyOfTheActions"] = action["action"]
        action["action"] = {"$ref": "#/components/schemas/AnyOfTheActions"}
    return _renamed(document, {f"#/components/schemas/{name}": f"#/components/schemas/{twins[name]}" for name in twins})


def _renamed(node: Any, names: dict[str, str]) -> Any:
    if isinstance(node, list):
        return [_renamed(item, names) for item in node]
    if isinstance(node, dict):
        return {key: _renamed(value, names) for key, value in node.items()}
    return names.get(node, node) if isinstance(node, str) else node


@contextmanager
def generated_client(published: Path, name: str, folder: Path) -> Iterator[str]:
    """The package `name`, generated from a published file into the folder, importable meanwhile."""
    document = apart(digestible(yaml.safe_load(published.read_text())))
    for path in document["paths"].values():
        for operation in path.values():
            for response in operation["responses"].values():
                if "$ref" not in response:
                    response.setdefault("description", "")
    document["info"]["title"] = "published"
    (folder / "api.yaml").write_text(yaml.safe_dump(document, sort_keys=False))
    arguments = ["generate", "--path", str(folder / "api.yaml"), "--output-path", str(folder / "client")]
    made = subprocess.run(
        [Path(sys.executable).with_name("openapi-python-client"), *arguments, "--meta", "none"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert made.returncode == 0, made.stdout + made.stderr
    told = made.stdout + made.stderr
    assert "Unable to" not in told and "Cannot parse" not in told, told  # noqa: PT018
    (folder / "client").rename(folder / name)
    sys.path.insert(0, str(folder))
    try:
        yield name
    finally:
        sys.path.remove(str(folder))


def embedded(collection: Any, name: str) -> list[dict[str, Any]]:
    """The items of a page; the generator knows them as additional properties of the common collection."""
    items: list[dict[str, Any]] = collection.field_embedded.to_dict()[name]
    return items
