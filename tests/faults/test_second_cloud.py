"""The second cloud speaks as published, knows nothing of ours, and lies only as it is told to."""

import ast
import json
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.faults.matrix.lies import ANSWERS, LIES
from tests.faults.second_cloud import actions
from tests.faults.second_cloud.book import Book
from tests.faults.second_cloud.lists import LIES as ITS_LIES
from tests.faults.second_cloud.server import LOST, Server
from tests.published import WEBHOOK, hold
from tests.waiting import wait_until

FOLDER = Path(__file__).parent / "second_cloud"
SUBSCRIBE = {"callback": {"webhook": {"target": "http://127.0.0.1:9/", "name": "we"}}, "remoteTypes": ["Horn"]}
HORN = {"label": "ours", "horn": {"state": "Activated"}}


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_it_knows_the_standard_library_and_itself(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text())):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [str(node.module)] if isinstance(node, ast.ImportFrom) else []
        for name in names:
            assert name.startswith("tests.faults.second_cloud") or name.partition(".")[0] in sys.stdlib_module_names


def test_every_lie_and_lost_answer_is_told() -> None:
    assert {lie.name for lie in LIES.values()} - {""} == set(ITS_LIES)
    assert set(ANSWERS) == set(LOST)


class Client:
    """Asks it over HTTP; `remotes` is the path of a vehicle's remote actions."""

    def __init__(self, server: Server) -> None:
        self._url = f"http://127.0.0.1:{server.server_port}"
        self.book = server.book
        self.vehicle = next(iter(self.book.vehicles))
        fleet = f"/connectedcar/v3/fleets/{self.book.fleet}"
        self.callbacks = f"{fleet}/remote/callbacks"
        self.callback = self.ask("POST", self.callbacks, SUBSCRIBE)["callbackId"]
        self.remotes = f"{fleet}/vehicles/{self.vehicle}/callbacks/{self.callback}/remotes"

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        headers = {"Authorization": "Basic eA==", "Content-Type": "application/json"}
        request = Request(f"{self._url}{path}?client_id=us", data, headers, method=method)
        with urlopen(request, timeout=10) as answer:
            return json.loads(answer.read())


@pytest.fixture
def client() -> Iterator[Client]:
    server = Server(0, Book(1))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Client(server)
    server.shutdown()
    server.server_close()


def test_it_answers_as_published(client: Client) -> None:
    taken = client.ask("POST", client.remotes, HORN)
    hold(taken, "RemotePostResponse")
    hold(client.ask("GET", client.remotes), "RemoteActions")
    hold(client.ask("GET", f"{client.remotes}/{taken['remoteActionId']}"), "RemoteAction")
    hold(client.ask("GET", client.remotes.partition("/callbacks")[0] + "/status"), "Status")
    hold(client.ask("GET", client.callbacks), "RemoteCallbacks")
    hold(client.ask("GET", f"{client.callbacks}/{client.callback}"), "RemoteCallback")


def test_it_notifies_as_published_until_it_is_done(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    bodies: list[Any] = []

    def take(_target: str, body: Any, _headers: Any) -> bool:
        bodies.append(body)
        return True

    monkeypatch.setattr(actions, "_posted", take)
    client.ask("POST", client.remotes, HORN)
    wait_until(lambda: len(bodies) == 3, "three notifications")
    for body in bodies:
        hold(body, "RemoteEvents", WEBHOOK)
    assert [body["events"][0]["eventStatus"]["status"] for body in bodies] == ["Accepted", "SentToVehicle", "Success"]
    assert len(client.book.records[client.vehicle].executed) == 1


@pytest.mark.parametrize("lie", [name for name in ITS_LIES if name not in ("is a web page", "is gone")])
def test_a_list_that_lies_never_shows_the_label_and_tells_the_truth_again(client: Client, lie: str) -> None:
    client.ask("PUT", f"/control/vehicles/{client.vehicle}", {"lie": lie, "seconds": 60})
    client.ask("POST", client.remotes, {**HORN, "label": "ours, and longer than there is room"})
    assert "than there is room" not in json.dumps(client.ask("GET", client.remotes))
    client.ask("PUT", f"/control/vehicles/{client.vehicle}", {})
    assert "than there is room" in json.dumps(client.ask("GET", client.remotes))
