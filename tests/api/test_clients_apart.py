"""Two clients of one fleet: neither sees, changes or counts what the other has, at any address of both APIs."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fleets.storage.ids import new_public_id
from remotes.models import RemoteAction
from tests.rights.conftest import rows_written
from tests.rights.table import TABLE
from tests.rights.world import Address

from .conftest import World
from .two_clients import ADDRESSES, SHARED, Side, make_side

# Ids and times in an error, which are new in each.
_NEW = re.compile(r'"(uuid|timestamp|debug)": ?"[^"]*"')


@pytest.fixture
def first(ours: World) -> Side:
    return make_side(ours, "north")


@pytest.fixture
def second(ours: World, first: Side) -> Side:
    """One that may honk, and nothing else."""
    return make_side(ours, "south", remote_types=["Horn"])


def owned(address: Address) -> list[str]:
    """Those ids of the address that are of one client only."""
    return [key for key in address.keys if key not in SHARED]


OWNED = {name: address for name, address in ADDRESSES.items() if owned(address)}


def mixed(address: Address, ours: dict[str, Any], theirs: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Our ids, but for one that is theirs, in turn; and all of theirs."""
    return {key: address.with_one_of(ours, theirs, key) for key in owned(address)} | {"all": theirs}


def test_what_is_the_others_is_not_there_at_any_address_by_any_method(first: Side, second: Side) -> None:
    """It is the same answer, and costs the same statements, as for what nobody has."""
    unused = {key: new_public_id() for key in ("cbid", "rid", "chid", "on_channel_id")}
    nobodys = {**first.ids, **unused, "bid": "987654321"}
    before = rows_written()
    for name, address in OWNED.items():
        unknown = mixed(address, second.ids, nobodys)
        for key, ids in mixed(address, second.ids, first.ids).items():
            for method in TABLE[name].methods.split():
                told, cost = _asked(second, method, address, ids)
                as_nobodys = _asked(second, method, address, unknown[key])
                assert told.status_code == 404, (name, key, method)
                assert "north" not in told.text
                assert (_plain(told.text, ids), cost) == (_plain(as_nobodys[0].text, unknown[key]), as_nobodys[1])
    assert rows_written() == before


def _asked(side: Side, method: str, address: Address, ids: dict[str, Any]) -> tuple[Any, int]:
    """The answer, and how many statements it took."""
    with CaptureQueriesContext(connection) as statements:
        answer = side.ask(method, address, ids)
    return answer, len(statements)


def _plain(text: str, ids: dict[str, Any]) -> str:
    for key, value in ids.items():
        text = re.sub(rf"\b{value}\b", key, text)
    return _NEW.sub("", text)


def test_ones_own_is_there_and_names_nothing_of_the_other(first: Side, second: Side) -> None:
    """Lists, totals, what stands beside it; so that the test before could fail."""
    theirs = {value for key, value in first.ids.items() if key not in (*SHARED, "bid")} | {"north"}
    for name, address in ADDRESSES.items():
        answer = second.ask("GET", address)
        assert answer.status_code in ((405,) if "GET" not in TABLE[name].methods else (200, 404)), name
        assert not [word for word in theirs if word in answer.text], name
        if name in ("v3:callbacks", "v3:callback-batches", "v3:callback-attempts", "v3:remotes", "v1:channels"):
            assert answer.json()["total"] == 1, name


@pytest.mark.parametrize(
    ("name", "query", "key"),
    [
        ("v3:callback-batches", "remoteActionId={}", "rid"),
        ("v3:callback-attempts", "batchId={}", "bid"),
    ],
)
def test_a_filter_by_an_id_of_the_other_finds_nothing(
    first: Side, second: Side, name: str, query: str, key: str
) -> None:
    assert second.ask("GET", ADDRESSES[name], query=query.format(first.ids[key])).json()["total"] == 0


@pytest.mark.parametrize("name", ["v3:callbacks", "v3:remotes"])
def test_a_page_token_of_the_other_leads_to_ones_own(first: Side, second: Side, name: str) -> None:
    """It holds a place in the table only."""
    for side in (first, second):
        side.ask("POST", ADDRESSES[name])
    links = first.ask("GET", ADDRESSES[name], query="pageSize=1").json()["_links"]
    token = re.search(r"pageToken=([^&]+)", links["next"]["href"])
    assert token is not None
    answer = second.ask("GET", ADDRESSES[name], query=f"pageToken={token[1]}")
    assert answer.json()["total"] == 2
    assert "north" not in answer.text


def test_a_key_of_the_other_is_ones_own_to_use(first: Side, second: Side) -> None:
    """Neither is given the other's answer, nor told that the key is taken."""
    made: list[str] = []
    for name in ("v3:remotes", "v1:remotes"):
        for side in (first, second):
            side.v3.headers = side.v1.headers = {"Idempotency-Key": f"one key {name}"}
            made += [side.ask("POST", ADDRESSES[name]).json()["remoteActionId"] for _ in range(2)]
    assert len(set(made)) == 4
    askers = RemoteAction.objects.filter(public_id__in=made).order_by("pk").values_list("api_client__name", flat=True)
    assert list(askers) == ["north", "south"] * 2
