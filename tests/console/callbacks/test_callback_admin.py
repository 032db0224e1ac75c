"""The admin of callbacks: everything can be looked at, secrets never, and what is to be done is an action."""

import pytest
from django.test import Client

from callbacks.models import Batch, Callback
from tests.callbacks.outbox_world import make_attempt, make_batch, make_callback, make_notification
from tests.console.conftest import LogIn, World
from tests.world import make_person


@pytest.fixture
def root(world: World, log_in: LogIn) -> Client:
    return log_in(make_person("root", is_superuser=True, is_staff=True))


def list_of(client: Client, name: str, query: str = "") -> str:
    response = client.get(f"/admin/callbacks/{name}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def act(client: Client, name: str, action: str, *rows: Callback | Batch) -> str:
    data = {"action": action, "_selected_action": [row.pk for row in rows]}
    return client.post(f"/admin/callbacks/{name}/", data, follow=True).content.decode()


def test_secrets_are_shown_nowhere(root: Client, world: World):
    token = {"type": "Header", "key": "Authorization", "value": "Bearer hush-hush"}
    callback = make_callback(world.lyon, attributes=[token])
    page = root.get(f"/admin/callbacks/callback/{callback.pk}/change/").content.decode()
    assert callback.public_id in page
    for secret in (callback.secret, "whsec_", "hush-hush"):
        assert secret not in page
    assert root.post(f"/admin/callbacks/callback/{callback.pk}/change/", {"name": "x"}).status_code == 403
    assert root.get("/admin/callbacks/callback/add/").status_code == 403


def test_callbacks_are_paused_and_resumed(root: Client, world: World):
    callback = make_callback(world.lyon)
    assert "1 callbacks were paused." in act(root, "callback", "pause_chosen", callback)
    callback.refresh_from_db()
    assert (callback.status, callback.status_reason) == ("Paused", "root has paused it.")
    assert "1 callbacks were resumed." in act(root, "callback", "resume_chosen", callback)
    callback.refresh_from_db()
    assert callback.status == "Running"


def test_failures_and_chosen_notifications_are_sent_again(root: Client, world: World):
    callback, other = make_callback(world.lyon), make_callback(world.paris)
    parked, delivered = make_batch(callback, state="parked"), make_batch(callback, state="delivered")
    elsewhere = make_batch(other, state="expired")
    assert "1 notifications are sent again." in act(root, "callback", "replay_failures", callback)
    parked.refresh_from_db()
    assert parked.state == "waiting"
    assert "2 notifications are sent again." in act(root, "batch", "replay_chosen", parked, delivered, elsewhere)
    assert set(Batch.objects.values_list("state", flat=True)) == {"waiting"}


def test_what_was_sent_is_found_by_its_message(root: Client, world: World):
    callback = make_callback(world.lyon)
    wanted, other = make_batch(callback), make_batch(callback)
    tried = make_attempt(wanted)
    make_attempt(other)
    for written in (wanted.webhook_id, str(wanted.message_id), wanted.message_id.hex.upper()):
        page = list_of(root, "batch", f"?q={written}")
        assert wanted.webhook_id in page
        assert other.webhook_id not in page
    assert f"/admin/callbacks/attempt/{tried.pk}/change/" in list_of(root, "attempt", f"?q={wanted.webhook_id}")
    assert other.webhook_id not in list_of(root, "attempt", f"?q={wanted.webhook_id}")
    assert wanted.webhook_id in list_of(root, "batch", f"?q={callback.public_id}")
    assert wanted.webhook_id not in list_of(root, "batch", "?q=nothing")
    body = root.get(f"/admin/callbacks/batch/{wanted.pk}/change/").content.decode()
    assert "&quot;remoteType&quot;: &quot;Doors&quot;" in body


def test_what_waits_to_be_formed_can_be_looked_at(root: Client, world: World):
    waiting = make_notification(make_callback(world.lyon))
    assert waiting.remote_action_id in list_of(root, "notification")
    assert waiting.remote_action_id in list_of(root, "notification", f"?q={waiting.vin}")


def test_who_may_only_look_has_no_action(world: World, log_in: LogIn):
    from django.contrib.auth.models import Permission

    person = make_person("auditor", is_staff=True)
    person.user_permissions.set(Permission.objects.filter(codename__in=["view_callback", "view_batch"]))
    callback = make_callback(world.lyon)
    client = log_in(person)
    assert "pause_chosen" not in list_of(client, "callback")
    act(client, "callback", "pause_chosen", callback)
    callback.refresh_from_db()
    assert callback.status == "Running"
