"""The callbacks of a fleet, and what a callback's page tells."""

import json
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from callbacks.models import Batch, Callback
from console.callbacks.views import PAGE_SIZE
from fleets.models import Fleet
from fleets.storage.encryption import SecretBytes
from remotes.models import FleetRules
from tests.callbacks.outbox_world import make_attempt, make_batch, make_callback, make_event, make_notification
from tests.console.conftest import World

MOST_QUERIES = 12


def list_url(fleet: Fleet, query: str = "") -> str:
    return f"/fleets/{fleet.public_id}/callbacks{query}"


def page_url(callback: Callback, part: str = "") -> str:
    return f"/fleets/{callback.fleet.public_id}/callbacks/{callback.public_id}{part}"


def words(client: Client, url: str) -> str:
    """The page with runs of white space as one space."""
    return " ".join(client.get(url).content.decode().split())


def fail(callback: Callback) -> None:
    callback.status, callback.status_reason = Callback.Status.FAILED, "5 notifications in a row did not arrive."
    callback.status_at = timezone.now()
    callback.save()


def test_a_fleet_without_callbacks_says_what_they_are_for(camille: Client, viktor: Client, world: World):
    page = words(camille, list_url(world.lyon))
    assert "No callbacks in Lyon yet" in page
    assert "posts to its address what becomes of each of them" in page
    assert f'href="{list_url(world.lyon, "/new")}"' in page
    assert list_url(world.lyon, "/new") not in words(viktor, list_url(world.lyon))


def test_the_vehicles_of_a_fleet_lead_to_its_callbacks(camille: Client, world: World):
    page = words(camille, f"/fleets/{world.lyon.public_id}")
    assert f'<a href="{list_url(world.lyon)}" ><span>Callbacks</span></a>' in page


def test_the_list_tells_how_deliveries_go(viktor: Client, world: World):
    callback = make_callback(world.lyon, target="https://booking.example.com/hook", label="Booking")
    batch = make_batch(callback, state=Batch.State.DELIVERED)
    for status in (200, 200, 503):
        make_attempt(batch, status=status)
    make_attempt(batch, status=500, at=timezone.now() - timedelta(hours=25))
    make_notification(callback, created_at=timezone.now() - timedelta(minutes=10))
    waiting = make_batch(callback, oldest_at=timezone.now() - timedelta(hours=2))
    page = words(viktor, list_url(world.lyon))
    for shown in ("Booking", "https://booking.example.com/hook", "Running", "67 %"):
        assert shown in page
    assert waiting.oldest_at.isoformat(timespec="milliseconds") in page
    assert "As of" in page


def test_callbacks_that_were_deleted_are_not_shown(camille: Client, world: World):
    callback = make_callback(world.lyon, label="Booking")
    Callback.objects.update(deleted_at=timezone.now())
    assert "Booking" not in words(camille, list_url(world.lyon))
    assert camille.get(page_url(callback)).status_code == 404


def test_the_list_goes_on_without_gap(camille: Client, world: World):
    made = [make_callback(world.lyon, label=f"Callback {number:03}") for number in range(PAGE_SIZE + 1)]
    first = words(camille, list_url(world.lyon))
    assert made[-1].label not in first
    assert f"?after={made[-2].pk}" in first
    second = words(camille, list_url(world.lyon, f"?after={made[-2].pk}"))
    assert made[-1].label in second
    assert made[-2].label not in second


def test_another_companys_callbacks_are_not_there(camille: Client, world: World):
    callback = make_callback(world.paris)
    batch = make_batch(callback)
    for url in (
        list_url(world.paris),
        list_url(world.paris, "/new"),
        page_url(callback),
        page_url(callback, "/attempts"),
        page_url(callback, "/edit"),
        page_url(callback, f"/notifications/{batch.pk}"),
    ):
        assert camille.get(url).status_code == 404


def test_a_callback_of_another_fleet_is_not_found_under_ones_own(camille: Client, world: World):
    callback, other = make_callback(world.lyon), make_callback(world.paris)
    batch = make_batch(other)
    assert camille.get(f"/fleets/{world.lyon.public_id}/callbacks/{other.public_id}").status_code == 404
    assert camille.get(page_url(callback, f"/notifications/{batch.pk}")).status_code == 404
    assert camille.get(page_url(callback, f"/notifications/{'9' * 30}")).status_code == 404


def test_the_page_tells_how_it_is_registered_and_hides_credentials(viktor: Client, camille: Client, world: World):
    """Those of headers, addresses and bodies from everybody; what is none from who may not change it."""
    callback = make_callback(
        world.lyon,
        label="Booking",
        remoteTypes=["Doors", "Horn"],
        retryPolicy={"policy": "Always", "retryDelay": 90},
        batchNotify={"size": 10, "timeWindow": 300},
        attributes=[
            {"type": "Header", "key": "Authorization", "value": "Bearer hush-hush"},
            {"type": "Header", "key": "X-Fleet", "value": "$fleetID"},
            {"type": "Query", "key": "code", "value": "whisper"},
            {"type": "Body", "key": "source", "value": "harmless"},
        ],
    )
    manager = words(camille, page_url(callback))
    assert "harmless" in manager
    assert "hush-hush" not in manager
    assert "whisper" not in manager
    page = words(viktor, page_url(callback))
    assert "Up to 10 events in one request, 5 min after the first one at the latest." in page
    assert "It is tried again every 1 min 30 s until it arrives, for 3 days at the most." in page
    assert "Lock or unlock, Horn" in page
    assert "Authorization" in page
    assert "hush-hush" not in page
    assert "$fleetID" in page
    assert "whisper" not in page
    assert "harmless" not in page
    assert callback.secret not in page


@pytest.mark.parametrize("in_messages", [False, True])
def test_a_body_is_shown_without_the_credentials_in_it(
    viktor: Client, camille: Client, world: World, in_messages: bool
):
    """Of v3, and an array of messages of v1."""
    pairs = [{"key": "pin", "value": "whisper"}, {"key": "source", "value": "harmless"}]
    around = {"attributes": pairs}
    document = [around | {"channelId": "c", "remoteEvent": {}}] * 2 if in_messages else around | {"events": []}
    callback = make_callback(world.lyon)
    batch = make_batch(callback, body=SecretBytes(json.dumps(document).encode()))
    manager, viewer = (words(who, page_url(callback, f"/notifications/{batch.pk}")) for who in (camille, viktor))
    assert "harmless" in manager
    assert "whisper" not in manager
    assert "source" in viewer
    assert "harmless" not in viewer
    assert "whisper" not in viewer


@pytest.mark.parametrize(
    ("policy", "told"),
    [
        ({"policy": "None"}, "It is tried once, and then only when somebody sends it again."),
        ({"policy": "Bounded", "retryNumber": 1, "retryDelay": 60}, "It is tried once more, 1 min later."),
        (None, "It is tried up to 3 more times, 10 s apart."),
    ],
)
def test_the_policy_is_told_in_words(viktor: Client, world: World, policy: dict[str, Any] | None, told: str):
    parts: dict[str, Any] = {"retryPolicy": policy} if policy else {}
    assert told in words(viktor, page_url(make_callback(world.lyon, **parts)))


def test_a_variable_of_one_event_is_why_nothing_is_batched(viktor: Client, world: World):
    attribute = {"type": "Query", "key": "vin", "value": "$vin"}
    callback = make_callback(world.lyon, batchNotify={"size": 10}, attributes=[attribute])
    assert "since an attribute names its vehicle" in words(viktor, page_url(callback))


def test_the_page_tells_how_deliveries_go(viktor: Client, world: World):
    callback = make_callback(world.lyon)
    now = timezone.now()
    due = now + timedelta(minutes=5)
    soon = now + timedelta(milliseconds=250)
    delivered = make_batch(callback, state=Batch.State.DELIVERED, oldest_at=now, delivered_at=soon)
    make_attempt(delivered)
    make_batch(callback, make_event(), make_event(), due_at=due, oldest_at=now - timedelta(minutes=90), tries=1)
    make_batch(callback, state=Batch.State.PARKED, tries=4)
    page = words(viktor, page_url(callback))
    assert "<dd>100 %</dd>" in page
    assert '<div class="busy"><dt>Events waiting</dt><dd>2</dd><dd class="more-of">the oldest for 1 h 30 min' in page
    assert '<div class="bad"><dt>Events with tries used up</dt><dd>1</dd>' in page
    assert f'next try <time datetime="{due.isoformat(timespec="milliseconds")}"' in page
    assert "<dd>250 ms</dd>" in page
    assert "As of" in page


def test_a_failed_callback_is_told_where_the_fleet_is_looked_at(viktor: Client, world: World):
    callback = make_callback(world.lyon, label="Booking")
    notice = "Notifications don't arrive any more at"
    assert notice not in words(viktor, f"/fleets/{world.lyon.public_id}")
    fail(callback)
    for url in (f"/fleets/{world.lyon.public_id}", list_url(world.lyon)):
        page = words(viktor, url)
        assert notice in page
        assert f'<a href="{page_url(callback)}">Booking</a>' in page
    assert "5 notifications in a row did not arrive." in words(viktor, page_url(callback))


def test_a_viewer_has_nothing_to_press(viktor: Client, camille: Client, world: World):
    url = page_url(make_callback(world.lyon))
    for button in ("/pause", "/test", "/edit", "/secret", "/delete", "/replay"):
        assert url + button in words(camille, url)
        assert url + button not in words(viktor, url)


def test_the_list_of_what_was_sent_tells_state_events_vehicles_and_tries(viktor: Client, world: World):
    callback = make_callback(world.lyon)
    events = [make_event(vin) for vin in (world.van.vin, "VF3ZZZZZZZZ000001", "VF3ZZZZZZZZ000002", world.van.vin)]
    make_batch(callback, *events, state=Batch.State.PARKED, tries=4)
    make_batch(callback, kind=Batch.Kind.TEST, state=Batch.State.DELIVERED, tries=1)
    page = words(viktor, page_url(callback))
    assert '<span class="badge bad">Tries used up</span>' in page
    assert "<td>4 events</td>" in page
    assert f'Van 1 <span class="vin beside">{world.van.vin}</span>, ' in page
    assert '<span class="vin beside">VF3ZZZZZZZZ000001</span> and 1 more' in page
    assert "<td>Test</td>" in page


def test_what_was_sent_can_be_searched(viktor: Client, world: World):
    callback = make_callback(world.lyon)
    now = timezone.now()
    old = make_batch(callback, formed_at=now - timedelta(days=2), state=Batch.State.EXPIRED)
    event = make_event(world.van.vin)
    new = make_batch(callback, event)

    def found(query: str) -> list[Batch]:
        page = words(viktor, page_url(callback, query))
        return [batch for batch in (old, new) if page_url(callback, f"/notifications/{batch.pk}") in page]

    assert found("") == [old, new]
    assert found("?state=expired") == [old]
    assert found(f"?vin={world.van.vin.lower()}") == [new]
    assert found(f"?action={event['remoteActionId']}") == [new]
    assert found(f"?since={now - timedelta(days=1):%Y-%m-%dT%H:%M}&zone=UTC") == [new]
    assert found(f"?until={now - timedelta(days=1):%Y-%m-%dT%H:%M}&zone=UTC") == [old]
    assert found("?vin=nothing") == []
    assert "No notification fits" in words(viktor, page_url(callback, "?vin=nothing"))


@pytest.mark.parametrize("query", ["?since=soon", "?since=0001-01-01T00:00", "?state=lost", "?vin=%00"])
def test_a_search_that_can_not_be_read_is_told_beside_its_field(viktor: Client, world: World, query: str):
    callback = make_callback(world.lyon)
    batch = make_batch(callback)
    page = words(viktor, page_url(callback, query))
    assert "field-error" in page
    assert page_url(callback, f"/notifications/{batch.pk}") in page


def test_a_time_is_meant_by_the_fleets_clocks_wherever_the_reader_is(viktor: Client, world: World):
    callback = make_callback(world.lyon)
    formed = timezone.now().replace(hour=10, minute=30)
    batch = make_batch(callback, formed_at=formed)
    since = f"{formed:%Y-%m-%d}T12:00"
    link = page_url(callback, f"/notifications/{batch.pk}")
    assert link not in words(viktor, page_url(callback, f"?since={since}&zone=Asia/Tokyo"))
    FleetRules.objects.create(fleet=world.lyon, time_zone="Asia/Tokyo")
    assert link in words(viktor, page_url(callback, f"?since={since}"))


@pytest.mark.parametrize("part", ["", "/attempts"])
def test_older_pages_follow_without_gap(viktor: Client, world: World, part: str):
    callback = make_callback(world.lyon)
    batches = [make_batch(callback, state=Batch.State.PARKED) for _ in range(21)]
    attempts = [make_attempt(batch) for batch in batches]
    last = (batches if part == "" else attempts)[1]
    first = words(viktor, page_url(callback, f"{part}?state=parked"))
    assert f"before={last.pk}" in first
    assert "state=parked" in first
    second = words(viktor, page_url(callback, f"{part}?before={last.pk}"))
    assert page_url(callback, f"/notifications/{batches[0].pk}") in second
    assert page_url(callback, f"/notifications/{batches[1].pk}") not in second


def test_every_try_is_listed_with_its_answer_in_words(viktor: Client, world: World):
    callback = make_callback(world.lyon)
    batch = make_batch(callback)
    make_attempt(batch, status=503, duration_ms=1200)
    make_attempt(batch, status=None, error="No answer within 15 s.")
    make_attempt(batch, status=299)
    page = words(viktor, page_url(callback, "/attempts"))
    assert '<span class="badge bad">503 Service Unavailable</span>' in page
    assert "1 s 200 ms" in page
    assert "No answer within 15 s." in page
    assert '<span class="badge good">299</span>' in page
    assert page_url(callback, f"/notifications/{batch.pk}") in page


def test_a_notification_tells_its_events_body_and_tries(viktor: Client, world: World):
    callback = make_callback(world.lyon)
    failed = {"type": "Done", "status": "Failed", "failureCause": "VehicleInUse"}
    events = [make_event(world.van.vin), make_event("VF3ZZZZZZZZ000001", "Novelty", eventStatus=failed)]
    message_id = UUID("01900000-0000-7000-8000-000000000001")
    batch = make_batch(callback, *events, state=Batch.State.PARKED, tries=1, message_id=message_id)
    make_attempt(batch, status=500, error="The answer was 500.", answer="<b>down</b>")
    page = words(viktor, page_url(callback, f"/notifications/{batch.pk}"))
    assert "Notification with 2 events" in page
    assert "msg_01900000000070008000000000000001" in page
    assert "Lock or unlock" in page
    assert f'href="{world.page_of(world.van)}"' in page
    assert "Novelty" in page
    assert "Someone was using the vehicle." in page
    assert "&quot;remoteType&quot;: &quot;Doors&quot;" in page
    assert "500 Internal Server Error" in page
    assert "&lt;b&gt;down&lt;/b&gt;" in page


@pytest.mark.parametrize("body", [b"", b"\xff\xfe", b"[]", b'{"events": [1, {"eventStatus": [], "vin": 7}]}'])
def test_a_body_of_any_form_can_be_looked_at(viktor: Client, world: World, body: bytes):
    callback = make_callback(world.lyon)
    batch = make_batch(callback, body=body)
    assert viktor.get(page_url(callback, f"/notifications/{batch.pk}")).status_code == 200


def test_a_very_long_body_is_cut(viktor: Client, world: World):
    callback = make_callback(world.lyon)
    batch = make_batch(callback, *(make_event(f"VF3ABCDE0FG{number:06}") for number in range(1000)))
    response = viktor.get(page_url(callback, f"/notifications/{batch.pk}"))
    assert "And 900 more." in response.content.decode()
    assert "Only the beginning is shown." in response.content.decode()
    assert len(response.content) < 300_000


def test_pages_take_few_queries_however_many_rows(
    camille: Client, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
):
    callback = make_callback(world.lyon)
    fail(callback)
    for number in range(25):
        batch = make_batch(make_callback(world.lyon, label=f"Callback {number}"))
        make_attempt(batch)
        make_attempt(make_batch(callback, make_event(world.van.vin), make_event(f"VF3ZZZZZZZZ{number:06}")), status=500)
    last = Batch.objects.filter(callback=callback).order_by("-pk")[0]
    for url in (
        list_url(world.lyon),
        page_url(callback),
        page_url(callback, "/attempts"),
        page_url(callback, f"/notifications/{last.pk}"),
        page_url(callback, "/edit"),
        page_url(callback, "/delete"),
    ):
        # One more is the number of open alerts in the frame.
        with django_assert_max_num_queries(MOST_QUERIES + 1):
            assert camille.get(url).status_code == 200


def test_pages_hold_no_inline_script_or_style(camille: Client, world: World):
    callback = make_callback(world.lyon)
    batch = make_batch(callback)
    make_attempt(batch, answer="ok")
    parts = ("", "/attempts", "/edit", "/secret", "/delete", "/replay", f"/notifications/{batch.pk}")
    for url in (list_url(world.lyon), list_url(world.lyon, "/new"), *(page_url(callback, part) for part in parts)):
        page = camille.get(url).content.decode()
        assert "style=" not in page
        assert "<style" not in page
        assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=')


def test_every_id_stands_once_on_a_page(camille: Client, world: World):
    callback = make_callback(world.lyon)
    batch = make_batch(callback)
    make_attempt(batch, answer="ok")
    for part in ("", "/attempts", "/edit", f"/notifications/{batch.pk}"):
        ids = re.findall(r' id="([^"]+)"', camille.get(page_url(callback, part)).content.decode())
        assert len(ids) == len(set(ids))
