"""Making and editing a callback: the form builds the published body, and the wire's rules hold for it."""

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from callbacks.models import Callback
from console.callbacks.forms import EXAMPLES
from fleets.models import ApiClient, Fleet
from tests.callbacks.outbox_world import make_callback
from tests.console.conftest import World
from tests.console.forms.given import Page, error_of

TARGET = "https://booking.example.com/hook"
FILLED = {"name": "Booking", "target": TARGET, "policy": "Bounded", "batches": "each"}


def url_of(place: Fleet | Callback) -> str:
    if isinstance(place, Fleet):
        return f"/fleets/{place.public_id}/callbacks/new"
    return f"/fleets/{place.fleet.public_id}/callbacks/{place.public_id}/edit"


def fill_in(client: Client, place: Fleet | Callback, /, **fields: Any) -> HttpResponse:
    """Post the form with what is needed and with `fields`."""
    return client.post(url_of(place), FILLED | fields)  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("fields", "parts"),
    [
        ({}, {"retryPolicy": {"policy": "Bounded"}}),
        (
            {"retry_number": "5", "retry_delay": "30"},
            {"retryPolicy": {"policy": "Bounded", "retryNumber": 5, "retryDelay": 30}},
        ),
        (
            {"policy": "Always", "always_delay": "60", "retry_number": "9", "retry_delay": "9"},
            {"retryPolicy": {"policy": "Always", "retryDelay": 60}},
        ),
        ({"policy": "None", "retry_number": "9", "always_delay": "60"}, {"retryPolicy": {"policy": "None"}}),
        (
            {"batches": "together", "batch_size": "10", "batch_window": "300"},
            {"retryPolicy": {"policy": "Bounded"}, "batchNotify": {"size": 10, "timeWindow": 300}},
        ),
        (
            {"label": "Ask Ana", "remote_types": ["Doors", "ChargingState"]},
            {
                "retryPolicy": {"policy": "Bounded"},
                "label": "Ask Ana",
                "remoteTypes": ["Doors", "ChargingState"],
            },
        ),
    ],
)
def test_what_is_filled_in_becomes_the_published_body(
    camille: Client, world: World, fields: dict[str, Any], parts: dict[str, Any]
):
    response = fill_in(camille, world.lyon, **fields)
    callback = world.lyon.callbacks.get()
    assert response.status_code == 303
    assert response.headers["Location"] == f"/fleets/{world.lyon.public_id}/callbacks/{callback.public_id}"
    assert callback.subscribe == {"callback": {"webhook": {"name": "Booking", "target": TARGET}}, **parts}
    assert (callback.name, callback.target, callback.status) == ("Booking", TARGET, "Running")


def test_rows_become_attributes_and_empty_ones_do_not_count(camille: Client, world: World):
    rows = {"type1": "Header", "key1": "X-Token", "value1": "hush", "type2": "Body", "type4": "Query", "key4": "vin"}
    fill_in(camille, world.lyon, **rows, value4="$vin")
    assert world.lyon.callbacks.get().webhook["attributes"] == [
        {"type": "Header", "key": "X-Token", "value": "hush"},
        {"type": "Query", "key": "vin", "value": "$vin"},
    ]


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"name": " "}, "name", "This is missing."),
        ({"target": ""}, "target", "This is missing."),
        ({"target": "ftp://example.com"}, "target", "Must be an http or https address."),
        ({"target": "https://10.0.0.1/hook"}, "target", None),
        ({"target": "https://me:hush@example.com/"}, "target", None),
        ({"target": "https://example.com/\x00"}, "target", "Null characters are not allowed."),
        ({"label": "x" * 501}, "label", "Is too long; 500 characters at the most."),
        ({"policy": "Sometimes"}, "policy", None),
        ({"retry_number": "0"}, "retry_number", "0 is not allowed; must be a whole number from 1 to 10000."),
        ({"retry_delay": "ten"}, "retry_delay", "Must be a whole number from 1 to 259200."),
        ({"policy": "Always", "always_delay": "0"}, "always_delay", None),
        ({"batches": "together"}, "batch_size", "This is missing."),
        ({"batches": "together", "batch_size": "9", "batch_window": "4"}, "batch_window", None),
        ({"remote_types": ["Wings"]}, "remote_types", "There is no remote type “Wings”."),
        ({"type3": "Header", "value3": "hush"}, "key3", "This is missing."),
        ({"type2": "Header", "key2": "Host", "value2": "x"}, "key2", None),
        ({"type2": "Header", "key2": "X-A", "value2": "a\u20ac"}, "value2", None),
        (
            {"type1": "Body", "key1": "a", "value1": "b", "type3": "Query", "key3": "v", "value3": "$wings"},
            "value3",
            None,
        ),
        ({"type1": "Trailer", "key1": "a", "value1": "b"}, "type1", None),
    ],
)
def test_an_error_stands_beside_its_field(
    camille: Client, world: World, fields: dict[str, Any], field: str, words: str | None
):
    response = fill_in(camille, world.lyon, **fields)
    assert response.status_code == 422
    told = error_of(response, field)
    assert told == words if words else told
    assert f'<a href="#id_{field}">' in response.content.decode()
    assert not world.lyon.callbacks.exists()


def test_the_secret_is_shown_once_and_only_after_it_was_made(camille: Client, viktor: Client, world: World):
    page = fill_in(camille, world.lyon).headers["Location"]
    secret = world.lyon.callbacks.get().secret
    assert secret not in page
    assert secret not in str(dict(camille.session))
    assert secret not in viktor.get(page).content.decode()
    shown = Page(camille.get(page).content)
    assert shown.texts["secret"] == secret
    assert secret not in camille.get(page).content.decode()


def test_who_lost_the_right_meanwhile_does_not_see_the_secret(camille: Client, world: World):
    page = fill_in(camille, world.lyon).headers["Location"]
    world.camille.memberships.update(role="viewer")
    assert world.lyon.callbacks.get().secret not in camille.get(page).content.decode()


@pytest.mark.parametrize("name", list(EXAMPLES))
def test_every_example_is_a_form_to_go_on_with(camille: Client, world: World, name: str):
    response = camille.get(url_of(world.lyon), {"example": name})
    values = {field: "\n".join([value]) for field, value in EXAMPLES[name][1].items()}
    shown = Page(response.content).attributes
    for field in (field for field in values if f"id_{field}" in shown and not field.startswith(("type", "policy"))):
        assert field == "batches" or shown[f"id_{field}"]["value"] == values[field]
    assert fill_in(camille, world.lyon, **values).status_code == 303


def test_rows_are_added_and_removed_by_buttons(camille: Client, world: World):
    assert "id_key3" not in Page(camille.get(url_of(world.lyon)).content).attributes
    rows = {"key1": "a", "value1": "1", "key2": "b", "value2": "2", "remote_types": ["Horn"]}
    more = fill_in(camille, world.lyon, **rows, draft="rows")
    shown = Page(more.content).attributes
    assert more.status_code == 200
    assert shown["id_key2"]["value"] == "b"
    assert "autofocus" in shown["id_key5"]
    assert 'value="Horn" id="id_remote_types_' in more.content.decode()
    less = Page(fill_in(camille, world.lyon, **rows, draft="remove-1").content).attributes
    assert (less["id_key1"]["value"], less["id_value1"]["value"]) == ("b", "2")
    assert "value" not in less["id_key2"]
    assert not world.lyon.callbacks.exists()


@pytest.mark.parametrize(
    "asked",
    ["", "remove-", "remove-x", "remove-0", "remove-999", "remove-" + "9" * 5000, "rows"],
    ids=lambda asked: asked[:12],
)
def test_a_draft_of_any_kind_keeps_what_was_filled_in(camille: Client, world: World, asked: str):
    page = Page(fill_in(camille, world.lyon, key1="a", draft=asked).content).attributes
    assert page["id_key1"]["value"] == "a"


def test_there_are_no_more_rows_than_the_wire_takes(camille: Client, world: World):
    full = {f"{part}{row}": f"x{row}" for row in range(1, 51) for part in ("key", "value")}
    page = Page(fill_in(camille, world.lyon, **full, draft="rows").content).attributes
    assert "id_key50" in page
    assert "add-rows" not in page
    types = {f"type{row}": "Body" for row in range(1, 51)}
    assert fill_in(camille, world.lyon, **full, **types).status_code == 303


def test_editing_starts_from_what_is_registered(camille: Client, world: World):
    callback = make_callback(
        world.lyon,
        target=TARGET,
        label="Ask Ana",
        remoteTypes=["Horn"],
        retryPolicy={"policy": "Always", "retryDelay": 90},
        batchNotify={"size": 10, "timeWindow": 300},
        attributes=[{"type": "Body", "key": "source", "value": "fleetremote"}],
    )
    content = camille.get(url_of(callback)).content
    shown = Page(content).attributes
    filled = {"target": TARGET, "label": "Ask Ana", "always_delay": "90", "batch_size": "10", "batch_window": "300"}
    for field, value in (filled | {"key1": "source", "value1": "fleetremote"}).items():
        assert shown[f"id_{field}"]["value"] == value
    assert "checked" in shown["policy-Always"]
    assert "checked" in shown["batches-together"]
    assert content.decode().count("checked") == 3


def test_editing_keeps_what_the_form_has_no_field_for(camille: Client, world: World):
    callback = make_callback(world.lyon, extension={"kept": True}, batchNotify={"size": 10})
    fill_in(camille, callback, name="Workshop")
    callback.refresh_from_db()
    assert callback.subscribe == {
        "callback": {"webhook": {"name": "Workshop", "target": TARGET}},
        "retryPolicy": {"policy": "Bounded"},
        "extension": {"kept": True},
    }
    assert (callback.name, callback.batch_size) == ("Workshop", 0)


def test_credentials_are_not_shown_when_editing_and_stay_when_left_empty(camille: Client, world: World):
    token = {"type": "Header", "key": "Authorization", "value": "Bearer hush-hush"}
    fleet = {"type": "Header", "key": "X-Fleet", "value": "$fleetID"}
    callback = make_callback(world.lyon, target=TARGET, attributes=[token, fleet])
    content = camille.get(url_of(callback)).content
    shown = Page(content).attributes
    assert b"hush-hush" not in content
    assert shown["id_value1"]["placeholder"] == "Not shown; empty keeps it"
    assert shown["id_value2"]["value"] == "$fleetID"
    rows = {"type1": "Header", "key1": "Authorization", "type2": "Header", "key2": "X-Fleet", "value2": "$fleetID"}
    fill_in(camille, callback, **rows)
    callback.refresh_from_db()
    assert callback.webhook["attributes"] == [token, fleet]
    fill_in(camille, callback, **rows, value1="Bearer new")
    callback.refresh_from_db()
    assert callback.webhook["attributes"] == [{**token, "value": "Bearer new"}, fleet]
    fill_in(camille, callback, type1="Query", key1="Authorization")
    callback.refresh_from_db()
    assert "hush" not in str(callback.webhook["attributes"])


def test_a_credential_that_is_kept_is_not_sent_to_another_host(camille: Client, world: World):
    """A manager, who is never shown it, would read it there."""
    token = {"type": "Header", "key": "Authorization", "value": "Bearer hush-hush"}
    callback = make_callback(world.lyon, target=TARGET, attributes=[token])
    row = {"type1": "Header", "key1": "Authorization"}
    for elsewhere in ("https://elsewhere.example.com/hook", "https://booking.example.com:8443/hook"):
        refused = fill_in(camille, callback, **row, target=elsewhere)
        assert refused.status_code == 422
        assert error_of(refused, "value1") == "Enter it again: it would be sent to another host."
    assert fill_in(camille, callback, **row, target="https://BOOKING.example.com/other").status_code == 303
    callback.refresh_from_db()
    assert (callback.target, callback.webhook["attributes"]) == ("https://BOOKING.example.com/other", [token])
    assert fill_in(camille, callback, **row, value1="Bearer new", target=elsewhere).status_code == 303


def test_there_is_room_for_so_many_callbacks(camille: Client, world: World, settings: Settings):
    """Of a client, and of the fleet in all; one that becomes a client's counts among its own."""
    settings.CALLBACKS_PER_CLIENT, settings.CALLBACKS_PER_FLEET = 1, 2
    client = ApiClient.objects.create(client_id="a", name="a", username="a")
    client.fleets.add(world.lyon)
    assert fill_in(camille, world.lyon, client=client.pk).status_code == 303
    refused = fill_in(camille, world.lyon, client=client.pk)
    assert refused.status_code == 422
    assert b"The API client has as many callbacks in this fleet as it may have: 1." in refused.content
    assert fill_in(camille, world.lyon, client="").status_code == 303
    nobodys = world.lyon.callbacks.get(created_by=None)
    assert fill_in(camille, nobodys, client=client.pk).status_code == 422
    assert fill_in(camille, nobodys, client="", label="Anew").status_code == 303
    for place in (f"/fleets/{world.lyon.public_id}/alerts/webhooks/new", url_of(world.lyon)):
        answer = camille.post(place, FILLED | {"client": ""})
        assert answer.status_code == 422, place
        assert b"The fleet has as many callbacks as it may have: 2. Delete one of them first." in answer.content
    assert world.lyon.callbacks.count() == 2


def test_editing_leaves_status_and_secret_alone(camille: Client, world: World):
    callback = make_callback(world.lyon)
    Callback.objects.update(status="Paused", status_reason="Because.")
    fill_in(camille, callback)
    after = Callback.objects.get()
    assert (after.status, after.status_reason, after.secret) == ("Paused", "Because.", callback.secret)


def test_a_viewer_neither_makes_nor_edits(viktor: Client, world: World):
    callback = make_callback(world.lyon)
    for place in (world.lyon, callback):
        for response in (viktor.get(url_of(place)), fill_in(viktor, place)):
            assert response.status_code == 403
            assert "You may look at the callbacks" in response.content.decode()
    assert world.lyon.callbacks.get().name == callback.name


def test_secrets_of_one_name_are_told_by_their_place(camille: Client, world: World):
    """And where one of them is gone nobody can say which: the other gets no value but a new one."""
    keys = [{"type": "Query", "key": "code", "value": value} for value in ("first-one", "second-one")]
    callback = make_callback(world.lyon, target=TARGET, attributes=keys)
    content = camille.get(url_of(callback)).content
    assert b"first-one" not in content
    assert b"second-one" not in content
    rows = {"type1": "Query", "key1": "code", "type2": "Query", "key2": "code"}

    fill_in(camille, callback, **rows, value1="third-one")
    callback.refresh_from_db()
    assert [item["value"] for item in callback.webhook["attributes"]] == ["third-one", "second-one"]

    fill_in(camille, callback, type1="Query", key1="code")
    callback.refresh_from_db()
    assert [item["value"] for item in callback.webhook["attributes"]] == [""]
