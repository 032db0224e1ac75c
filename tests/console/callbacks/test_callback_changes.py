"""What a manager does with a callback: pause, resume, test, send again, a new secret, delete."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from callbacks.models import Batch, Callback
from tests.callbacks.outbox_world import make_batch, make_callback, make_notification
from tests.console.conftest import World
from tests.console.forms.given import Page, error_of
from tests.world import make_action


@pytest.fixture
def callback(world: World) -> Callback:
    return make_callback(world.lyon, label="Booking")


def url_of(callback: Callback, part: str = "") -> str:
    return f"/fleets/{callback.fleet.public_id}/callbacks/{callback.public_id}{part}"


def text_of(client: Client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


def typed(moment: datetime) -> str:
    """As a browser writes it, in UTC."""
    return f"{moment:%Y-%m-%dT%H:%M}"


def test_pausing_and_resuming_are_told(camille: Client, callback: Callback):
    paused = camille.post(url_of(callback, "/pause"))
    assert (paused.status_code, paused.headers["Location"]) == (303, url_of(callback))
    page = text_of(camille, url_of(callback))
    assert "The callback is paused." in page
    assert "camille has paused it." in page
    assert "Paused since" in page
    camille.post(url_of(callback, "/resume"))
    page = text_of(camille, url_of(callback))
    assert "The callback runs again." in page
    assert "has paused it" not in page
    callback.refresh_from_db()
    assert callback.status == Callback.Status.RUNNING


def test_resuming_hurries_what_waits(camille: Client, callback: Callback):
    camille.post(url_of(callback, "/pause"))
    later = timezone.now() + timedelta(hours=1)
    batch = make_batch(callback, due_at=later, tries=1)
    camille.post(url_of(callback, "/resume"))
    batch.refresh_from_db()
    assert batch.due_at < later


def test_a_test_notification_leads_to_what_becomes_of_it(camille: Client, callback: Callback):
    sent = camille.post(url_of(callback, "/test"))
    batch = Batch.objects.get()
    assert batch.kind == Batch.Kind.TEST
    assert sent.headers["Location"] == url_of(callback, f"/notifications/{batch.pk}")
    page = text_of(camille, sent.headers["Location"])
    assert "The test notification is on its way." in page
    assert "Test notification" in page
    assert "Being tried now" in page


def test_a_test_of_a_paused_callback_says_that_it_is_kept(camille: Client, callback: Callback):
    camille.post(url_of(callback, "/pause"))
    page = text_of(camille, camille.post(url_of(callback, "/test")).headers["Location"])
    assert "kept until the callback is resumed" in page
    assert "The callback is paused." in page


def test_one_notification_is_sent_again(
    camille: Client, callback: Callback, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
):
    batch = make_batch(callback, state=Batch.State.EXPIRED, tries=4)
    page = url_of(callback, f"/notifications/{batch.pk}")
    assert f'action="{page}/again"' in text_of(camille, page)
    with django_capture_on_commit_callbacks() as wakes:
        assert camille.post(f"{page}/again").headers["Location"] == page
    batch.refresh_from_db()
    assert (batch.state, batch.tries) == (Batch.State.WAITING, 0)
    assert len(wakes) == 1
    told = text_of(camille, page)
    assert "It is sent again." in told
    assert "/again" not in told
    camille.post(f"{page}/again")
    assert "It waits to be sent already." in text_of(camille, page)


def test_failures_of_a_span_are_counted_and_then_sent_again(camille: Client, callback: Callback):
    now = timezone.now()
    hours = [30, 20, 20, 5]
    batches = [make_batch(callback, formed_at=now - timedelta(hours=age), state="parked", tries=4) for age in hours]
    delivered = make_batch(callback, formed_at=now - timedelta(hours=20), state="delivered")
    span = {"since": typed(now - timedelta(hours=24)), "until": typed(now - timedelta(hours=10)), "zone": "UTC"}
    asked = camille.get(url_of(callback, "/replay"), {"what": "failures", **span})
    assert "Send 2 notifications again?" in asked.content.decode()
    assert Batch.objects.filter(state="waiting").count() == 0
    done = camille.post(url_of(callback, "/replay"), {"what": "failures", **span})
    assert done.headers["Location"] == url_of(callback)
    assert "2 notifications are sent again." in text_of(camille, url_of(callback))
    states = [Batch.objects.get(pk=batch.pk).state for batch in (*batches, delivered)]
    assert states == ["parked", "waiting", "waiting", "parked", "delivered"]


def test_everything_since_a_moment_takes_what_was_delivered_too(camille: Client, callback: Callback):
    since = timezone.now() - timedelta(hours=1)
    for state in ("delivered", "expired", "waiting"):
        make_batch(callback, state=state)
    make_batch(make_callback(callback.fleet), state="delivered")
    fields = {"what": "everything", "since": typed(since), "until": "", "zone": "UTC"}
    asked = text_of(camille, url_of(callback, f"/replay?what=everything&since={typed(since)}&zone=UTC"))
    assert "Send 2 notifications again?" in asked
    camille.post(url_of(callback, "/replay"), fields)
    assert Batch.objects.filter(callback=callback, state="waiting").count() == 3


def test_the_confirmation_carries_what_it_has_counted(camille: Client, callback: Callback):
    make_batch(callback, state="parked")
    since = typed(timezone.now() - timedelta(hours=1))
    query = {"what": "failures", "since": since, "until": "", "zone": "Asia/Tokyo"}
    shown = Page(camille.get(url_of(callback, "/replay"), {**query, "zone": "UTC"}).content).attributes
    assert [shown[f"id_{name}"].get("value") for name in ("what", "since", "zone")] == ["failures", since, "UTC"]
    assert "Nothing to send again" not in text_of(camille, url_of(callback, f"/replay?what=failures&since={since}"))


def test_where_nothing_fits_there_is_nothing_to_press(camille: Client, callback: Callback):
    page = text_of(camille, url_of(callback, "/replay?what=failures&since=2026-01-01T00:00"))
    assert "Nothing to send again" in page
    assert "<button" not in page.partition("<main")[2].partition("</main>")[0]


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"what": "failures", "since": ""}, "since", "Say from when on."),
        ({"what": "failures", "since": "yesterday"}, "since", "Write a date and time, such as 2026-11-21 08:30."),
        (
            {"what": "failures", "since": "2026-01-02T00:00", "until": "2026-01-01T00:00"},
            "until",
            "This must be later than the beginning.",
        ),
        ({"what": "nothing", "since": "2026-01-02T00:00"}, "what", "Choose what to send again."),
    ],
)
@pytest.mark.parametrize("method", ["get", "post"])
def test_a_span_that_can_not_be_read_is_told_beside_its_field(
    camille: Client, callback: Callback, method: str, fields: dict[str, str], field: str, words: str
):
    response = getattr(camille, method)(url_of(callback, "/replay"), fields)
    assert response.status_code == 422
    assert error_of(response, field) == words


def test_a_new_secret_is_asked_for_twice_and_shown_once(camille: Client, callback: Callback):
    assert "stays valid beside it for 24 hours" in text_of(camille, url_of(callback, "/secret"))
    callback.refresh_from_db()
    old = callback.secret
    done = camille.post(url_of(callback, "/secret"))
    callback.refresh_from_db()
    assert callback.secret != old
    assert callback.signing_secrets(timezone.now()) == [callback.secret, old]
    page = camille.get(done.headers["Location"])
    assert Page(page.content).texts["secret"] == callback.secret
    assert "is valid beside it until" in page.content.decode()
    assert old not in page.content.decode()
    assert callback.secret not in text_of(camille, url_of(callback))


def test_a_callback_is_deleted_after_it_was_asked_for(camille: Client, callback: Callback):
    make_notification(callback)
    page = text_of(camille, url_of(callback, "/delete"))
    assert "Delete Booking?" in page
    assert "What has not arrived yet is lost: 1 event." in page
    done = camille.post(url_of(callback, "/delete"))
    assert done.headers["Location"] == f"/fleets/{callback.fleet.public_id}/callbacks"
    assert "The callback “Booking” is deleted." in text_of(camille, done.headers["Location"])
    assert camille.get(url_of(callback)).status_code == 404
    assert Callback.objects.get().deleted_at


def test_while_an_action_is_pending_it_is_not_deleted(camille: Client, callback: Callback, world: World):
    make_action(world.van, callback=callback, state="accepted")
    assert "can't be deleted now" in text_of(camille, url_of(callback, "/delete"))
    refused = camille.post(url_of(callback, "/delete"))
    assert refused.status_code == 422
    assert "can't be deleted now" in refused.content.decode()
    assert Callback.objects.get().deleted_at is None


CHANGES = ["/pause", "/resume", "/test", "/replay", "/secret", "/delete"]


@pytest.mark.parametrize("part", ["/pause", "/resume", "/test", "/notifications/1/again"])
def test_looking_at_the_address_of_a_change_changes_nothing(camille: Client, callback: Callback, part: str):
    assert camille.get(url_of(callback, part)).status_code == 405


def test_a_form_of_another_site_is_refused(world: World, callback: Callback):
    client = Client(enforce_csrf_checks=True)
    client.force_login(world.camille)
    assert client.post(url_of(callback, "/pause")).status_code == 403
    callback.refresh_from_db()
    assert callback.status == Callback.Status.RUNNING
