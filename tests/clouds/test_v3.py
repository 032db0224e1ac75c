"""The small cloud of Fleet Owner v3 speaks as published."""

from typing import Any

import pytest

from tests.clouds import actions
from tests.clouds.conftest import V3
from tests.published import WEBHOOK, hold
from tests.waiting import wait_until


def test_it_answers_as_published(of_v3: V3) -> None:
    taken = of_v3.ask("POST", of_v3.remotes, of_v3.horn("ours"))
    hold(taken, "RemotePostResponse")
    hold(of_v3.ask("GET", of_v3.remotes), "RemoteActions")
    hold(of_v3.ask("GET", f"{of_v3.remotes}/{taken['remoteActionId']}"), "RemoteAction")
    hold(of_v3.ask("GET", f"{of_v3.of_vehicle}/status"), "Status")
    hold(of_v3.ask("GET", of_v3.callbacks), "RemoteCallbacks")
    hold(of_v3.ask("GET", f"{of_v3.callbacks}/{of_v3.callback}"), "RemoteCallback")


def test_it_notifies_as_published_until_it_is_done(of_v3: V3, monkeypatch: pytest.MonkeyPatch) -> None:
    bodies: list[Any] = []

    def take(_target: str, body: Any, _headers: Any) -> bool:
        # What another test has begun may go on still.
        if body["callbackId"] == of_v3.callback:
            bodies.append(body)
        return True

    monkeypatch.setattr(actions, "posted", take)
    of_v3.ask("POST", of_v3.remotes, of_v3.horn("ours"))
    wait_until(lambda: len(bodies) == 3, "three notifications")
    for body in bodies:
        hold(body, "RemoteEvents", WEBHOOK)
    assert [body["events"][0]["eventStatus"]["status"] for body in bodies] == ["Accepted", "SentToVehicle", "Success"]
    assert len(of_v3.book.records[of_v3.vehicle].executed) == 1
