"""What a client has given as a secret is never told again, not even to it; the mask that it is shown keeps it."""

from typing import Any

import pytest

from callbacks.models import Callback, Channel
from protocol.canonical.secret_names import MASK
from tests.rights.table import TABLE

from .conftest import SUBSCRIBE, World
from .two_clients import ADDRESSES, Side, make_side
from .v1.conftest import CHANNEL

TARGET = "https://north.example.com/hook"


@pytest.fixture
def side(ours: World) -> Side:
    return make_side(ours, "north")


def attribute(kind: str, key: str, value: str) -> dict[str, str]:
    return {"type": kind, "key": key, "value": value}


def hidden(given: dict[str, str]) -> dict[str, str]:
    return {**given, "value": MASK}


SECRETS = [attribute("Header", "Authorization", "Bearer hush-1"), attribute("Query", "token", "hush-2")]
PLAIN = [attribute("Header", "X-Vin", "$vin"), attribute("Query", "place", "north")]
# What only v3 has.
IN_BODY = attribute("Body", "apiKey", "hush-3")


class Registered:
    """A callback of v3 or a channel of v1, and how it is registered anew."""

    def __init__(self, side: Side, dialect: str) -> None:
        self.ask = side.v3.request if dialect == "v3" else side.v1.request
        self.place, self.key = {
            "v3": (f"/fleets/{side.ids['fid']}/remote/callbacks", "callback"),
            "v1": ("/accounts/channels", "channel"),
        }[dialect]
        self.one = f"{self.place}/{side.ids['cbid' if dialect == 'v3' else 'chid']}"
        self._model: type[Callback | Channel] = Callback if dialect == "v3" else Channel
        self._id = self.one.rpartition("/")[2]
        self._rest = SUBSCRIBE if dialect == "v3" else CHANNEL

    def body(self, attributes: list[Any], target: str = TARGET) -> dict[str, Any]:
        return {**self._rest, self.key: {"webhook": {"target": target, "name": "hook", "attributes": attributes}}}

    def put(self, attributes: list[Any], target: str = TARGET) -> Any:
        return self.ask("PUT", self.one, self.body(attributes, target))

    def shown(self) -> list[Any]:
        found: list[Any] = self.ask("GET", self.one).json()["subscribe"][self.key]["webhook"]["attributes"]
        return found

    def stored(self) -> list[Any]:
        found: list[Any] = self._model._default_manager.get(public_id=self._id).webhook["attributes"]
        return found


@pytest.fixture(params=["v3", "v1"])
def registered(side: Side, request: pytest.FixtureRequest) -> Registered:
    return Registered(side, request.param)


def test_no_answer_of_any_address_holds_a_secret_and_what_was_posted_does(side: Side) -> None:
    """Registering, reading, lists, remote actions with attributes of their own, batches, attempts."""
    for dialect, more in (("v3", [IN_BODY]), ("v1", [])):
        one = Registered(side, dialect)
        assert one.put([*SECRETS, *PLAIN, *more]).status_code == 202
        assert one.shown() == [
            *({**each, "value": MASK} for each in SECRETS),
            *PLAIN,
            *({**IN_BODY, "value": MASK} for _ in more),
        ]
        assert one.stored() == [*SECRETS, *PLAIN, *more]
    remotes = ADDRESSES["v1:remotes"].of(side.ids).removeprefix("/api/connectedcar/v1")
    given = [{"key": "pin", "value": "hush-4"}, {"key": "gate", "value": "3"}]
    asked = side.v1.post(remotes, {"action": {"locking": {"state": "Locked"}}, "attributes": given})
    remote = side.v1.get(f"{remotes}/{asked.json()['remoteActionId']}").json()["remote"]
    assert remote["attributes"] == [{"key": "pin", "value": MASK}, given[1]]
    tested = side.ask("POST", ADDRESSES["v3:callback-test"]).json()["batchId"]
    batch = side.ask("GET", ADDRESSES["v3:callback-batch"], side.ids | {"bid": tested}).json()
    assert batch["body"]["attributes"] == [{"key": "apiKey", "value": MASK}]
    assert b"hush-3" in bytes(Callback.objects.get(public_id=side.ids["cbid"]).batches.get(pk=tested).body)
    for name, address in ADDRESSES.items():
        for method in set(TABLE[name].methods.split()) - {"DELETE"}:
            assert "hush" not in side.ask(method, address).text, (name, method)


def test_what_is_read_can_be_sent_back_as_it_is(registered: Registered) -> None:
    assert registered.put([*SECRETS, *PLAIN]).status_code == 202
    assert registered.put(registered.shown()).status_code == 202
    assert registered.stored() == [*SECRETS, *PLAIN]
    # Moved, one taken out, one given anew, names of headers in any case; the target elsewhere at the same host.
    masked = registered.shown()
    changed = [PLAIN[1], {**masked[0], "key": "authorization"}, attribute("Query", "token", "hush-5")]
    assert registered.put(changed, "https://NORTH.example.com:443/other?x=1").status_code == 202
    assert registered.stored() == [PLAIN[1], {**SECRETS[0], "key": "authorization"}, changed[2]]


def test_of_several_with_one_name_each_keeps_its_own(registered: Registered) -> None:
    several = [attribute("Query", "token", f"hush-{number}") for number in range(3)]
    assert registered.put(several).status_code == 202
    given = [{**several[0], "value": MASK}, {**several[1], "value": "new"}, {**several[2], "value": MASK}]
    assert registered.put(given).status_code == 202
    assert [each["value"] for each in registered.stored()] == ["hush-0", "new", "hush-2"]


@pytest.mark.parametrize(
    ("attributes", "target", "number", "words"),
    [
        ([attribute("Header", "X-Key", MASK)], TARGET, 0, "here is none; send the value"),
        ([attribute("Query", "Authorization", MASK)], TARGET, 0, "here is none; send the value"),
        ([PLAIN[0], attribute("Query", "Token", MASK)], TARGET, 1, "here is none; send the value"),
        ([attribute("Query", "place", MASK)], TARGET, 0, "here is none; send the value"),
        ([attribute("Query", "token", MASK), attribute("Query", "token", MASK)], TARGET, 1, "here is none"),
        ([attribute("Query", "token", MASK)], "https://elsewhere.example.com/hook", 0, "this is another; send it"),
        ([attribute("Query", "token", MASK)], "https://north.example.com:8443/hook", 0, "this is another; send it"),
    ],
)
def test_a_mask_that_stands_for_nothing_is_refused_by_its_path(
    registered: Registered, attributes: list[Any], target: str, number: int, words: str
) -> None:
    """Nor does a secret go to another host: whoever has the client's password would read it there."""
    assert registered.put([*SECRETS, *PLAIN]).status_code == 202
    refused = registered.put(attributes, target)
    assert refused.status_code == 400
    message = refused.json()["message"]
    assert message.startswith(f"{registered.key}.webhook.attributes[{number}].value: {MASK}")
    assert words in message
    assert registered.stored() == [*SECRETS, *PLAIN]


def test_a_mask_in_what_is_new_is_refused(registered: Registered, side: Side) -> None:
    refused = registered.ask("POST", registered.place, registered.body([{**SECRETS[0], "value": MASK}]))
    assert refused.status_code == 400
    assert refused.json()["message"].startswith(f"{registered.key}.webhook.attributes[0].value: {MASK}")
    remotes = ADDRESSES["v1:remotes"].of(side.ids).removeprefix("/api/connectedcar/v1")
    body = {"action": {"locking": {"state": "Locked"}}, "attributes": [{"key": "pin", "value": MASK}]}
    assert side.v1.post(remotes, body).json()["message"].startswith(f"attributes[0].value: {MASK}")
