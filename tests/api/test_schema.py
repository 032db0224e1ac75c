"""The OpenAPI document: committed, kept, and true of what is answered."""

import json
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from .conftest import SUBSCRIBE, World

SNAPSHOT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
MAKE = "script/manage spectacular --format openapi-json --file docs/openapi.json"


def test_the_snapshot_is_what_the_code_says() -> None:
    out = StringIO()
    call_command("spectacular", format="openapi-json", validate=True, stdout=out)
    assert json.loads(out.getvalue()) == json.loads(SNAPSHOT.read_text()), f"look at the change, then: {MAKE}"


def test_the_document_is_open_to_readers(client: Client) -> None:
    assert client.get("/api/schema").json()["openapi"].startswith("3.1")


def validator(name: str) -> Draft202012Validator:
    document = json.loads(SNAPSHOT.read_text())
    registry = Registry().with_resource("urn:api", DRAFT202012.create_resource(document))
    return Draft202012Validator({"$ref": f"urn:api#/components/schemas/{name}"}, registry=registry)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/fleets", "Fleets"),
        ("/fleets/{fid}", "Fleet"),
        ("/fleets/{fid}/vehicles", "Vehicles"),
        ("/fleets/{fid}/vehicles/{vid}", "Vehicle"),
        ("/fleets/{fid}/remote/callbacks", "RemoteCallbacks"),
        ("/fleets/{fid}/remote/callbacks/{cbid}", "RemoteCallback"),
        ("/fleets/{fid}/vehicles/{vid}/callbacks/{cbid}/remotes", "RemoteActions"),
        ("/fleets/0000", "Error"),
    ],
)
def test_answers_have_the_described_shape(ours: World, callback_id: str, path: str, name: str) -> None:
    ids = {"fid": ours.fleet.public_id, "vid": ours.vehicle.public_id, "cbid": callback_id}
    remotes = "/fleets/{fid}/vehicles/{vid}/callbacks/{cbid}/remotes".format(**ids)
    validator("RemotePostResponse").validate(ours.caller.post(remotes, {"door": {"state": "Locked"}}).json())
    callbacks = f"/fleets/{ids['fid']}/remote/callbacks"
    validator("CallbackRef").validate(ours.caller.post(callbacks, SUBSCRIBE).json())
    validator(name).validate(ours.caller.get(path.format(**ids)).json())
