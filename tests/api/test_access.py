"""Every address of the project: nothing without credentials, and nothing of others."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from callbacks.models import Callback
from fleets.models import Membership, SavedView, UpstreamFleet
from protocol.catalogue import REMOTE_TYPES
from protocol.v3 import Remote
from remotes.alerts.raising import raise_alert
from remotes.models import Alert, BulkCommand, SavedCommand, Schedule
from remotes.requests import request_action
from remotes.saved_commands.changes import save
from tests.callbacks.outbox_world import make_batch
from tests.remotes.bulk_world import remote_of
from tests.remotes.schedule_world import make_schedule

from .conftest import SUBSCRIBE, World

# Open to anyone on purpose.
OPEN = {"healthz", "login", "docs", "schema", "choose-language", "script-words"}
# Anonymous callers get 401 here, whatever the method; everywhere else on the pages they are led to the login.
API = "v3"


def names(patterns: list[Any] | None = None, prefix: str = "") -> Iterator[str]:
    """The names of all URL patterns but the admin's and the catch-all of the API."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            if pattern.app_name != "admin":
                inner = f"{pattern.namespace}:" if pattern.namespace else ""
                yield from names(pattern.url_patterns, prefix + inner)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield prefix + pattern.name


def address(name: str, world: World) -> str:
    """The pattern's address with the ids of a world's rows."""
    action = world.vehicle.remote_actions.get()
    assert action.callback is not None
    batch_id = action.callback.batches.get().pk
    ids = {
        "fid": world.fleet.public_id,
        "vid": world.vehicle.public_id,
        "cbid": action.callback.public_id,
        "rid": action.public_id,
        "bid": str(batch_id),
        "fleet_id": world.fleet.public_id,
        "vehicle_id": world.vehicle.public_id,
        "callback_id": action.callback.public_id,
        "batch_id": batch_id,
        "alert_id": Alert.objects.get(fleet=world.fleet).public_id,
        "schedule_id": Schedule.objects.get(fleet=world.fleet).public_id,
        "command_id": SavedCommand.objects.get(fleet=world.fleet).public_id,
        "action_id": action.public_id,
        "bulk_id": BulkCommand.objects.get(fleet=world.fleet).public_id,
        "view_id": SavedView.objects.get(fleet=world.fleet).public_id,
        "webhook_id": UpstreamFleet.objects.get(fleet=world.fleet).webhook_id,
    }
    wanted = get_resolver().reverse_dict.getlist(name) if ":" not in name else []
    keys = wanted[0][0][0][1] if wanted else _keys(name)
    return reverse(name, kwargs={key: ids[key] for key in keys})


def _keys(name: str) -> list[str]:
    namespace, _, rest = name.partition(":")
    _, resolver = get_resolver().namespace_dict[namespace]
    return resolver.reverse_dict.getlist(rest)[0][0][0][1]


def populated(world: World) -> World:
    callback = Callback.objects.create(fleet=world.fleet, name="hook", target="https://x", subscribe=SUBSCRIBE)
    request_action(world.vehicle, Remote(REMOTE_TYPES["Horn"], {"state": "Activated"}), callback=callback)
    make_batch(callback)
    somebody = User.objects.get_or_create(username="somebody")[0]
    make_schedule(world.fleet, somebody, vehicle=world.vehicle)
    save(world.fleet, "Honk", remote_of("honk"), somebody)
    raise_alert(Alert.Kind.DANGEROUS_ACTION, world.fleet.pk, "1", "It has failed.")
    horn: dict[str, Any] = {"fleet": world.fleet, "remote_type": "Horn", "payload": {"state": "Activated"}}
    BulkCommand.objects.create(**horn, pace=60, checked_at=timezone.now())
    SavedView.objects.create(fleet=world.fleet, name="All", shared=True)
    return world


@pytest.fixture
def person(ours: World) -> Client:
    user = User.objects.create_user("ada", password="a-long-password")
    Membership.objects.create(user=user, fleet=ours.fleet, role="manager")
    client = Client()
    client.force_login(user)
    return client


ALL = sorted(set(names()))


def test_the_walk_sees_the_project() -> None:
    assert {"vehicle", "send-action", "vehicle-live", "v3:remote", "v3:callbacks", "webhook"} <= set(ALL)


def test_without_credentials_nothing_is_shown(client: Client, ours: World) -> None:
    populated(ours)
    for name in ALL:
        if name in OPEN:
            continue
        url = address(name, ours)
        for method in ("GET", "POST", "PUT", "DELETE"):
            answer = client.generic(method, url)
            if name.startswith(API) or name == "webhook" or name.endswith(("-live", "-news")):
                assert answer.status_code in (401, 405), (method, url)
            else:
                assert answer.status_code in (302, 405), (method, url)
                assert name == "logout" or answer.status_code == 405 or answer["Location"].startswith("/login")


def test_at_least_one_method_of_each_api_address_says_401(client: Client, ours: World) -> None:
    populated(ours)
    for name in ALL:
        if name.startswith(API):
            answer = client.get(address(name, ours))
            assert answer.status_code == 401
            assert answer.json()["code"] == 40199
            assert answer["WWW-Authenticate"].startswith("Basic")


def test_another_clients_ids_are_404(ours: World, theirs: World) -> None:
    populated(theirs)
    body = {**SUBSCRIBE, "status": "Paused"}
    for name in ALL:
        if name.startswith(API) and name != "v3:fleets":
            url = address(name, theirs).removeprefix("/connectedcar/v3")
            answers = [ours.caller.request(method, url, body) for method in ("GET", "POST", "PUT", "DELETE")]
            codes = {answer.json()["code"] for answer in answers}
            assert codes <= {40499, 40599}, (url, codes)
            assert 40499 in codes, (url, codes)


def test_another_fleets_pages_are_404(person: Client, theirs: World) -> None:
    populated(theirs)
    for name in ALL:
        if name.startswith(API) or name in OPEN | {"logout", "webhook", "fleets"}:
            continue
        url = address(name, theirs)
        codes = {person.get(url).status_code, person.post(url, {"command": "unlock"}).status_code}
        assert codes <= {404, 405}, (url, codes)
        assert 404 in codes, (url, codes)


def test_rows_of_one_fleet_do_not_open_under_another(ours: World, theirs: World) -> None:
    populated(theirs)
    action = theirs.vehicle.remote_actions.get()
    assert action.callback is not None
    for path in (
        f"/fleets/{ours.fleet.public_id}/vehicles/{theirs.vehicle.public_id}",
        f"/fleets/{ours.fleet.public_id}/remote/callbacks/{action.callback.public_id}",
        f"/fleets/{ours.fleet.public_id}/vehicles/{ours.vehicle.public_id}"
        f"/callbacks/{action.callback.public_id}/remotes/{action.public_id}",
        f"/fleets/{ours.fleet.public_id}/remote/callbacks/{action.callback.public_id}/batches",
    ):
        assert ours.caller.get(path).status_code == 404


def test_lists_hold_only_what_is_ours(ours: World, theirs: World, person: Client) -> None:
    fleets = ours.caller.get("/fleets").json()
    assert [fleet["id"] for fleet in fleets["_embedded"]["fleets"]] == [ours.fleet.public_id]
    page = person.get("/").content.decode()
    assert ours.fleet.public_id in page
    assert theirs.fleet.public_id not in page


@pytest.mark.parametrize("change", ["secret", "username", "client_id", "inactive", "garbage", "bearer"])
def test_wrong_credentials_are_401(ours: World, theirs: World, change: str) -> None:
    caller = ours.caller
    if change == "secret":
        caller.secret = theirs.caller.secret
    elif change == "username":
        caller.row.username = "theirs"
    elif change == "client_id":
        caller.row.client_id = theirs.caller.row.client_id
    elif change == "inactive":
        caller.row.active = False
        caller.row.save()
    header = {"garbage": "Basic é", "bearer": "Bearer x"}.get(change)
    if header:
        answer = caller.http.get(
            f"/connectedcar/v3/fleets?client_id={caller.row.client_id}", headers={"Authorization": header}
        )
    else:
        answer = caller.get("/fleets")
    assert answer.status_code == 401
    assert set(answer.json()) == {"code", "uuid", "message", "timestamp"}
