"""Requests made from our OpenAPI document, right and wrong ones: no server error, no answer that it does not describe.

`FLEETREMOTE_TEST_LONG=1` runs 10,000 cases with a new seed; a normal run draws operations, always with the same cases.
"""

import base64
import json
from pathlib import Path

import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from fleetremote.wsgi import application
from remotes.models import RemoteAction

from .conftest import World, one_connection
from .made_up import made_up, may_know, tells_a_stranger_only_that

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
SNAPSHOT = Path(__file__).resolve().parents[2] / "docs" / "openapi.json"
SCHEMA = schemathesis.openapi.from_dict(json.loads(SNAPSHOT.read_text()))
SCHEMA.app = application
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)}
# Cases of each operation and mode in the short form.
SHORT = 8


@pytest.fixture
def ids(ours: World) -> dict[str, str]:
    """A callback with a pending action and a batch, and limits that are not met."""
    ours.caller.row.burst_limit = ours.caller.row.day_limit = 1_000_000
    ours.caller.row.save()
    fid, vid = ours.fleet.public_id, ours.vehicle.public_id
    hook = {"callback": {"webhook": {"target": "https://example.com", "name": "hook"}}}
    cbid = ours.caller.post(f"/fleets/{fid}/remote/callbacks", hook).json()["callbackId"]
    remotes = f"/fleets/{fid}/vehicles/{vid}/callbacks/{cbid}/remotes"
    rid = ours.caller.post(remotes, {"door": {"state": "Locked"}}).json()["remoteActionId"]
    bid = ours.caller.post(f"/fleets/{fid}/remote/callbacks/{cbid}/test", None).json()["batchId"]
    return {"fid": fid, "vid": vid, "cbid": cbid, "rid": rid, "bid": bid}


def test_every_operation_can_be_made_up() -> None:
    assert len(OPERATIONS) == sum(len(methods) for methods in SCHEMA.raw_schema["paths"].values())
    assert len(OPERATIONS) >= 14


@pytest.mark.drawn("operations", 10, of="tests")
@made_up(OPERATIONS, SHORT)
def test_no_request_gets_an_undescribed_answer(
    ours: World, ids: dict[str, str], label: str, mode: GenerationMode, data: st.DataObject
) -> None:
    case = data.draw(OPERATIONS[label].as_strategy(generation_mode=mode))
    may_know(case, ids, data)
    basic = base64.b64encode(f"{ours.caller.row.username}:{ours.caller.secret}".encode()).decode()
    case.headers["Authorization"] = f"Basic {basic}"
    case.query = {**(case.query or {}), "client_id": ours.caller.row.client_id}
    with one_connection():
        answer = case.call()
    case.validate_response(answer, checks=CHECKS)
    _refresh(ids)


@pytest.mark.drawn("operations without credentials", 6, of="tests")
@made_up(OPERATIONS, SHORT)
def test_who_shows_nothing_or_nonsense_is_told_only_that(
    ids: dict[str, str], label: str, mode: GenerationMode, data: st.DataObject
) -> None:
    case = data.draw(OPERATIONS[label].as_strategy(generation_mode=mode))
    tells_a_stranger_only_that(case, ids, data)


def _refresh(ids: dict[str, str]) -> None:
    """The callback is there again after a case that deleted it."""
    callback = RemoteAction.objects.get(public_id=ids["rid"]).callback
    if callback is not None and callback.deleted_at is not None:
        callback.deleted_at = None
        callback.save()
