"""Requests made from v1's OpenAPI document, right and wrong ones, as tests/api/test_fuzz.py makes them of v3's.

`FLEETREMOTE_TEST_LONG=1` runs 10,000 cases with a new seed; a normal run draws operations, always with the same cases.
"""

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok

from callbacks.models import Channel
from fleetremote.wsgi import application
from tests.api.conftest import World, one_connection
from tests.api.made_up import made_up, may_know, tells_a_stranger_only_that
from tests.api.test_fuzz import CHECKS

from .conftest import LOCK, V1Caller
from .test_schema import SNAPSHOT

# 501 is an answer that is published and described, no fault of ours; where it is not described, it is one.
NOT_OFFERED = [check for check in CHECKS if check is not not_a_server_error]
SCHEMA = schemathesis.openapi.from_dict(json.loads(SNAPSHOT.read_text()))
SCHEMA.app = application
OPERATIONS = {found.ok().label: found.ok() for found in SCHEMA.get_all_operations() if isinstance(found, Ok)}
# Cases of each operation and mode in the short form.
SHORT = 4


@pytest.fixture
def ids(ours: World, us: V1Caller, remotes: str) -> dict[str, str]:
    """A channel with a pending action, and limits that are not met."""
    us.row.burst_limit = us.row.day_limit = 1_000_000
    us.row.save()
    rid = us.post(remotes, LOCK).json()["remoteActionId"]
    return {"vid": ours.vehicle.public_id, "chid": remotes.split("/")[5], "rid": rid}


def test_every_operation_can_be_made_up() -> None:
    assert len(OPERATIONS) == sum(len(methods) for methods in SCHEMA.raw_schema["paths"].values())
    assert len(OPERATIONS) >= 13


@pytest.mark.drawn("operations", 6, of="tests")
@made_up(OPERATIONS, SHORT)
def test_no_request_gets_an_undescribed_answer(
    us: V1Caller, ids: dict[str, str], label: str, mode: GenerationMode, data: st.DataObject
) -> None:
    case = data.draw(OPERATIONS[label].as_strategy(generation_mode=mode))
    if may_know(case, ids, data):
        case.query = _without_client_id(case.query)
    case.headers["Authorization"] = f"Bearer {us.token}"
    with one_connection():
        answer = case.call()
    case.validate_response(answer, checks=NOT_OFFERED if answer.status_code == 501 else CHECKS)
    _refresh(ids)


@pytest.mark.drawn("operations without credentials", 6, of="tests")
@made_up(OPERATIONS, SHORT)
def test_who_shows_nothing_or_nonsense_is_told_only_that(
    ids: dict[str, str], label: str, mode: GenerationMode, data: st.DataObject
) -> None:
    case = data.draw(OPERATIONS[label].as_strategy(generation_mode=mode))
    tells_a_stranger_only_that(case, ids, data)


def _without_client_id(query: Any) -> dict[str, Any]:
    return {name: value for name, value in (query or {}).items() if name != "client_id"}


def _refresh(ids: dict[str, str]) -> None:
    """Our channel is there and takes more, whatever the case has registered or deleted."""
    Channel.objects.exclude(public_id=ids["chid"]).update(deleted_at="2026-01-01T00:00Z")
    channel = Channel.objects.get(public_id=ids["chid"])
    if channel.deleted_at is not None:
        channel.deleted_at = None
        channel.save()
