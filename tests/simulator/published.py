"""The published specification as a judge: bodies are held to its schemas, where it is there."""

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft4Validator

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "protocol"


@cache
def _document(name: str) -> dict[str, Any]:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"NOT HELD TO THE PUBLISHED SPECIFICATION: {name} is not beside the repository")
    document: dict[str, Any] = yaml.safe_load(path.read_text())
    return document


def hold(body: Any, schema: str, name: str = "fleet-owner-v3.yaml") -> None:
    """Fail when `body` breaks a schema of the published file; skip when the file is missing."""
    # The one type of ours that the published list leaves out though its own webhook has it.
    document = _document(name)
    types = document["components"]["schemas"]["RemoteType"]["enum"]
    if "VehicleState" not in types:
        types.append("VehicleState")
    validator = Draft4Validator({"$ref": f"#/components/schemas/{schema}", "components": document["components"]})
    errors = [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]
    assert not errors, "\n".join(errors)
