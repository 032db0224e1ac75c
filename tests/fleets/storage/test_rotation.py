"""Keys change while all goes on: nothing is lost, what is under a former key is found, and then it can be taken out."""

import json
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command

from callbacks import channels
from callbacks.delivery.forming import form
from callbacks.models import Batch, Callback
from callbacks.outbox import Entry, put
from fleets.models import Gateway
from fleets.storage import clock
from fleets.storage.encryption import rotation
from tests.callbacks.outbox_world import make_callback, make_channel, make_event
from tests.dumped import dump, places_of
from tests.world import make_action, make_fleet, make_vehicle

pytestmark = pytest.mark.django_db

SECRET = "canary of a subscriber"
HEADER = {"type": "Header", "key": "Authorization", "value": SECRET}
BODY = {"type": "Body", "key": "pin", "value": SECRET}


@pytest.fixture
def rows() -> dict[str, Any]:
    """Something encrypted of each kind: a text, documents, a body, and an event that waits."""
    fleet = make_fleet()
    gateway = fleet.upstream_fleets.get().gateway
    gateway.password = SECRET
    gateway.save()
    callback = make_callback(fleet, attributes=[HEADER, BODY])
    channel = make_channel(fleet, attributes=[HEADER])
    action = make_action(make_vehicle(fleet), extra={"attributes": [BODY]})
    member = channels.member(channel, fleet)
    put(callback, [Entry(make_event(), None)])
    form(callback, clock.now(), 10)
    put(member, [Entry(make_event(attributes=[BODY]), None)])
    return {"gateway": gateway, "callback": callback, "channel": channel, "action": action, "member": member}


@pytest.fixture
def keys(settings: Any) -> list[str]:
    """The key that the rows are under, and the one that is to come."""
    return [settings.FIELD_KEYS[0], Fernet.generate_key().decode()]


def is_readable(rows: dict[str, Any]) -> bool:
    """Whether all of it can be read with the present keys; the event is formed into a body for that."""
    for row in rows.values():
        row.refresh_from_db()
    assert rows["gateway"].password == SECRET
    assert rows["callback"].webhook["attributes"] == [HEADER, BODY]
    assert rows["channel"].webhook["attributes"] == [HEADER]
    assert rows["action"].extra == {"attributes": [BODY]}
    form(rows["member"], clock.now(), 10)
    bodies = [json.loads(bytes(batch.body)) for batch in Batch.objects.order_by("pk")]
    assert [body["attributes"] for body in bodies] == [[{"key": "pin", "value": SECRET}]] * 2
    return True


def test_a_new_key_takes_over_and_the_former_one_can_go(
    rows: dict[str, Any], keys: list[str], settings: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    former, new = keys
    settings.FIELD_KEYS = [new, former]
    with pytest.raises(CommandError, match="need a former key still"):
        call_command("rotate_keys", "--check")
    call_command("rotate_keys")
    assert "callbacks.Callback.subscribe: 2 rows, 2 encrypted anew" in capsys.readouterr().out
    settings.FIELD_KEYS = [new]
    call_command("rotate_keys", "--check")
    assert "need" not in capsys.readouterr().out
    assert is_readable(rows)


def test_one_that_was_stopped_is_begun_again(
    rows: dict[str, Any], keys: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With slices of one row, so that it ends amid a table."""
    settings.FIELD_KEYS = [keys[1], keys[0]]
    monkeypatch.setattr(rotation, "SLICE", 1)
    write, left = rotation._write, 3

    def stopped(*args: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise KeyboardInterrupt
        write(*args)

    monkeypatch.setattr(rotation, "_write", stopped)
    with pytest.raises(KeyboardInterrupt):
        call_command("rotate_keys")
    monkeypatch.setattr(rotation, "_write", write)
    call_command("rotate_keys")
    settings.FIELD_KEYS = [keys[1]]
    assert is_readable(rows)


def test_what_somebody_changes_meanwhile_is_theirs(
    rows: dict[str, Any], keys: list[str], settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.FIELD_KEYS = [keys[1], keys[0]]
    write = rotation._write

    def overtaken(model: Any, *args: Any) -> None:
        if model is Gateway:
            gateway = rows["gateway"]
            gateway.password = "another one"
            gateway.save()
        write(model, *args)

    monkeypatch.setattr(rotation, "_write", overtaken)
    call_command("rotate_keys")
    assert Gateway.objects.get().password == "another one"


def test_a_key_that_is_missing_is_told_of_and_nothing_is_overwritten(
    rows: dict[str, Any], keys: list[str], settings: Any
) -> None:
    settings.FIELD_KEYS = [keys[1]]
    with pytest.raises(CommandError, match="can't be read with any of FIELD_KEYS"):
        call_command("rotate_keys")
    with pytest.raises(ImproperlyConfigured, match="FIELD_KEYS lacks the key"):
        Callback.objects.get(pk=rows["callback"].pk)
    settings.FIELD_KEYS = keys
    assert is_readable(rows)


def test_statements_still_find_what_they_look_for_and_nothing_else(rows: dict[str, Any]) -> None:
    """The database holds what is searched for readable, and of the rest not a word."""
    assert places_of(SECRET, dump()) == []
    assert not Callback.objects.filter(subscribe__remoteTypes__contains=["Doors"]).exists()
    rows["callback"].subscribe["remoteTypes"] = ["Doors"]
    rows["callback"].save()
    assert Callback.objects.filter(subscribe__remoteTypes__contains=["Doors"]).get() == rows["callback"]


def test_what_a_subscriber_writes_is_never_taken_for_something_encrypted() -> None:
    """Else nobody could be told any more that a former key can go."""
    alike = {"sealed": "gAAAA" + "A" * 95}
    make_callback(make_fleet(), retryPolicy={"policy": "None", **alike, "x": alike}, note=alike)
    call_command("rotate_keys", "--check")
