"""The OpenAPI document of v1: committed, kept, and true of what is answered; v3's is another."""

import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.test import Client
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from protocol.v1 import scopes
from tests.api.conftest import World

from .conftest import CHANNEL, LOCK, V1Caller

SNAPSHOT = Path(__file__).resolve().parents[3] / "docs" / "openapi-v1.json"
SETTINGS = "api.v1.docs.SETTINGS"
MAKE = f"script/manage spectacular --format openapi-json --custom-settings {SETTINGS} --file docs/openapi-v1.json"


def test_the_snapshot_is_what_the_code_says() -> None:
    out = StringIO()
    call_command("spectacular", format="openapi-json", validate=True, custom_settings=SETTINGS, stdout=out)
    assert json.loads(out.getvalue()) == json.loads(SNAPSHOT.read_text()), f"look at the change, then: {MAKE}"


def test_the_document_is_open_to_readers(client: Client) -> None:
    document = client.get("/api/v1/schema").json()
    assert (document["openapi"][:3], document["info"]["title"]) == ("3.1", "FleetRemote: the Connected Car API v1")
    assert client.get("/api/v1/docs")["Location"] == "/api/docs/v1"


def test_two_documents_that_are_asked_for_at_once_are_not_mixed() -> None:
    def paths(dialect: str) -> set[str]:
        asked = {"v3": "/api/schema", "v1": "/api/v1/schema"}[dialect]
        return {"v1" if "/v1/" in path else "v3" for path in Client().get(asked).json()["paths"]}

    wanted = ["v3", "v1"] * 3
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(paths, wanted)) == [{dialect} for dialect in wanted]


def test_each_scope_is_described() -> None:
    flow = json.loads(SNAPSHOT.read_text())["components"]["securitySchemes"]["OAuth2"]["flows"]["clientCredentials"]
    assert set(flow["scopes"]) == set(scopes.ALL)


def validator(name: str) -> Draft202012Validator:
    document = json.loads(SNAPSHOT.read_text())
    registry = Registry().with_resource("urn:api", DRAFT202012.create_resource(document))
    return Draft202012Validator({"$ref": f"urn:api#/components/schemas/{name}"}, registry=registry)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("/accounts/vehicles", "Vehicles"),
        ("/accounts/vehicles/{vid}", "Vehicle"),
        ("/accounts/vehicles/{vid}/capability", "VehicleCapability"),
        ("/accounts/channels", "Channels"),
        ("/accounts/channels/{chid}", "Channel"),
        ("/accounts/vehicles/{vid}/channels/{chid}/remotes", "RemoteActions"),
        ("/accounts/vehicles/{vid}/telemetries/latest", "Error"),
    ],
)
def test_answers_have_the_described_shape(ours: World, us: V1Caller, channel_id: str, path: str, name: str) -> None:
    ids = {"vid": ours.vehicle.public_id, "chid": channel_id}
    remotes = "/accounts/vehicles/{vid}/channels/{chid}/remotes".format(**ids)
    validator("RemotePostResponse").validate(us.post(remotes, LOCK).json())
    validator("ChannelRef").validate(us.post("/accounts/channels", CHANNEL).json())
    validator(name).validate(us.get(path.format(**ids)).json())
