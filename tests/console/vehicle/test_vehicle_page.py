"""The page of a vehicle: who may see it, its state and its history."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from console.vehicle.history import NEWEST_SHOWN, PAGE_SIZE
from console.vehicle.record import MOST
from fleets.audit.entries import Kind, record
from fleets.models import ApiClient
from protocol.catalogue import REMOTE_TYPES
from remotes import audit
from remotes.models import RemoteAction
from remotes.words.titles import TITLES
from tests.console.conftest import World
from tests.console.forms.given import HTMX
from tests.world import make_action, make_event, written


def test_the_heading_names_the_vehicle(camille: Client, world: World):
    page = camille.get(world.page_of(world.van)).content.decode()
    for text in ("Van 1", world.van.vin, "AB-123-CD", "Peugeot e-Expert", "Electric"):
        assert text in page


def test_a_state_that_was_never_read_says_so(camille: Client, world: World):
    page = camille.get(world.page_of(world.van)).content.decode()
    assert "Not read yet." in page
    assert "asked as soon as its turn comes" in page


def test_the_state_is_shown_with_the_age_of_each_value(camille: Client, world: World):
    world.van.state = {
        "createdAt": "2026-11-21T12:00:00Z",
        "doorsState": {"createdAt": "2026-11-21T11:00:00Z", "lockedStates": ["Locked"]},
    }
    world.van.state_read_at = timezone.now()
    world.van.save()
    page = camille.get(world.page_of(world.van, "/news")).content.decode()
    assert "<dd>Locked</dd>" in page
    assert 'datetime="2026-11-21T11:00:00.000+00:00"' in page


def test_an_action_shows_its_status_and_each_step(camille: Client, world: World):
    action = make_action(world.van, state="accepted", status="SentToVehicle", user=world.camille)
    for second, status in enumerate(("Accepted", "WakingUpVehicle", "SentToVehicle")):
        make_event(action, status, after=second)
    page = camille.get(world.page_of(world.van)).content.decode()
    for text in (
        "Unlock",
        "camille",
        "Waking up the vehicle",
        "WakingUpVehicle",
        "Sent to the vehicle",
        "SentToVehicle",
    ):
        assert text in page
    assert 'data-status="SentToVehicle"' in page
    assert page.index("Waking up the vehicle") < page.rindex("Sent to the vehicle")


@pytest.mark.parametrize(
    ("status", "words"),
    [
        *((status, status) for status in ("Success", "AlreadyDone", "Failed")),
        ("NewFangledStatus", "“NewFangledStatus”, as the manufacturer&#x27;s cloud says"),
    ],
)
def test_the_protocols_word_can_be_read(camille: Client, world: World, status: str, words: str):
    make_action(world.van, state="done", status=status)
    assert f">{words}</" in camille.get(world.page_of(world.van, "/news")).content.decode()


@pytest.mark.parametrize(
    ("state", "words"), [("queued", "Queued"), ("unknown", "we are asking the manufacturer&#x27;s cloud")]
)
def test_before_upstream_says_anything_our_state_is_shown(camille: Client, world: World, state: str, words: str):
    make_action(world.van, state=state)
    assert words in camille.get(world.page_of(world.van, "/news")).content.decode()


@pytest.mark.parametrize("cause", ["VehicleConnectionTimeout", "NewFangledCause"])
def test_a_failure_names_its_cause(camille: Client, world: World, cause: str):
    action = make_action(world.van, state="done", status="Failed", failure_cause=cause)
    make_event(action, "Failed", cause=cause)
    page = camille.get(world.page_of(world.van)).content.decode()
    assert cause in page
    assert "What to do:" in page


def test_our_own_words_for_an_end_are_shown(camille: Client, world: World):
    make_action(
        world.van, state="expired", status="Failed", failure_cause="GeneralError", why=written("Not sent <in time>.")
    )
    page = camille.get(world.page_of(world.van)).content.decode()
    assert "Not sent &lt;in time&gt;." in page
    assert "Expired" in page


@pytest.mark.parametrize(
    ("origin", "words"),
    [("page", "on a page"), ("api", "over the API"), ("schedule", "by a schedule"), ("bulk", "by a bulk command")],
)
def test_an_action_says_who_asked_for_it_from_where_and_why(camille: Client, world: World, origin: str, words: str):
    service = ApiClient.objects.create(client_id="b", name="Booking", username="b")
    make_action(world.van, api_client=service, origin=origin, reason="Rental <7> has ended.")
    page = camille.get(world.page_of(world.van)).content.decode()
    assert f"Asked for by Booking (service) {words}<" in page
    assert "Why: “Rental &lt;7&gt; has ended.”" in page


def _long_history(world: World) -> list[RemoteAction]:
    actions = [make_action(world.van, "lock", state="done", status="Success") for _ in range(PAGE_SIZE + 5)]
    for action in actions:
        for second, status in enumerate(("Accepted", "WakingUpVehicle", "SentToVehicle", "Success")):
            make_event(action, status, after=second)
    return actions


def test_older_actions_are_a_page_further(camille: Client, world: World):
    actions = _long_history(world)
    oldest_shown = actions[5]
    now = camille.get(world.page_of(world.van)).content.decode()
    assert now.count('<li class="card entry') == NEWEST_SHOWN
    assert f"/history?before={actions[-NEWEST_SHOWN].pk}#history" in now
    first = camille.get(world.page_of(world.van, "/history")).content.decode()
    assert first.count('<li class="card entry') == PAGE_SIZE
    assert f"?before={oldest_shown.pk}" in first
    older = camille.get(world.page_of(world.van, f"/history?before={oldest_shown.pk}")).content.decode()
    assert older.count('<li class="card entry') == 5
    assert actions[0].public_id in older
    assert "Older actions" not in older


@pytest.mark.parametrize("before", ["x", "0", "9" * 30])
def test_a_broken_key_leads_to_the_newest_page(camille: Client, world: World, before: str):
    action = make_action(world.van)
    assert action.public_id in camille.get(world.page_of(world.van, f"/history?before={before}")).content.decode()


@pytest.mark.parametrize("part", ["", "/news"])
def test_a_page_takes_few_queries_whatever_the_rows(
    camille: Client, world: World, part: str, django_assert_max_num_queries: DjangoAssertNumQueries
):
    _long_history(world)
    with django_assert_max_num_queries(12):
        page = camille.get(world.page_of(world.van, part))
    assert len(page.content) < 100_000


def test_how_long_it_took_is_said(camille: Client, world: World):
    action = make_action(world.van, state="done", status="Success")
    RemoteAction.objects.filter(pk=action.pk).update(finished_at=action.created_at + timedelta(seconds=51))
    assert "took 51 s" in camille.get(world.page_of(world.van)).content.decode()


def say(action: RemoteAction, kind: Kind, body: bytes = b"", **document: object) -> None:
    record(kind, audit.about(action), document=document, body=body or None)


def test_the_request_and_its_answers_are_told_word_for_word(camille: Client, viktor: Client, world: World):
    action = make_action(world.van, state="done", status="Success")
    headers = [["Authorization", "Basic c2VjcmV0"], ["Content-Type", "application/json"]]
    say(action, Kind.ASKED, vin=world.van.vin)
    say(action, Kind.SENT, b'{"door": {"state": "Unlocked"}}', request="POST /remotes?client_id=***", headers=headers)
    say(action, Kind.ANSWERED, b'{"remoteActionId": "<7>"}', status=202, milliseconds=35, headers=[])
    say(action, Kind.ANSWERED, status=None, error="Read timed out.")
    url = world.page_of(world.van, f"/actions/{action.public_id}/record")
    for page in (camille.get(url), viktor.get(url), camille.get(url, headers=HTMX)):
        text = page.content.decode()
        for words in (
            "POST /remotes?client_id=***",
            "&quot;state&quot;: &quot;Unlocked&quot;",
            "HTTP 202 · 35 ms",
            "&quot;remoteActionId&quot;: &quot;&lt;7&gt;&quot;",
            "No answer: Read timed out.",
            "Content-Type: application/json",
        ):
            assert words in text
        assert "c2VjcmV0" not in text
    assert "<html" not in camille.get(url, headers=HTMX).content.decode()


def test_a_record_is_cut_and_says_so(camille: Client, world: World):
    action = make_action(world.van, state="done", status="Success")
    url = world.page_of(world.van, f"/actions/{action.public_id}/record")
    assert "Nothing has been sent" in camille.get(url).content.decode()
    for number in range(MOST + 5):
        say(action, Kind.SENT, b"x" * 10_000, request=f"GET /remotes/{number}.")
    page = camille.get(url)
    text = page.content.decode()
    assert "the audit has the others" in text
    assert "GET /remotes/4." not in text
    assert text.index("GET /remotes/5.") < text.index(f"GET /remotes/{MOST + 4}.")
    assert len(page.content) < 100_000


def test_the_panel_offers_what_the_vehicle_can_do_and_says_why_not_the_rest(camille: Client, world: World):
    parameters = {"immediate": {"start": False}, "schedule": {"programs": {"supported": False}}}
    world.van.capabilities = ["Locking", "Charging", "State"]
    world.van.capability_document = {"remote": {"charging": {"supported": True, "parameters": parameters}}}
    world.van.capabilities_checked_at = timezone.now()
    world.van.save()
    page = camille.get(world.page_of(world.van)).content.decode()
    assert 'id="command-unlock"' in page
    assert 'id="command-stop-charging"' in page
    for command in ("start-charging", "honk", "immobilise"):
        assert f'id="command-{command}"' not in page
    why = page.partition('id="unable"')[2].partition("</details>")[0]
    assert "11 things that it can&#x27;t do" in why.replace("can't", "can&#x27;t")
    assert "<dt>Lights, Horn, Wake up, " in why
    assert "The manufacturer says that this vehicle does not have it." in why
    assert "<dt>Start charging</dt>" in why
    assert "can&#x27;t be told to do it at once" in why

    form = camille.get(world.page_of(world.van, "/actions/new?type=Charging")).content.decode()
    for way, able in {"start": False, "stop": True, "later": True, "programs": False, "preferences": True}.items():
        radio = form.partition(f'id="way-{way}"')[2].partition(">")[0]
        assert ("disabled" in radio) is not able


def test_a_vehicle_that_is_gone_offers_nothing_and_says_why(camille: Client, world: World):
    world.van.gone_at = timezone.now()
    world.van.save()
    page = camille.get(world.page_of(world.van)).content.decode()
    assert "no longer lists it in this fleet" in page
    assert 'id="command-' not in page


def test_all_titles_of_the_catalogue_can_be_translated():
    titles = {title for entry in REMOTE_TYPES.values() for title in (entry.title, *(c.title for c in entry.commands))}
    assert titles == set(TITLES)


def at(world: World, *coordinates: object) -> None:
    geometry = {"type": "Point", "coordinates": list(coordinates)}
    properties = {"createdAt": "2026-11-21T11:00:00Z"}
    world.van.state = {"lastPosition": {"type": "Feature", "geometry": geometry, "properties": properties}}
    world.van.state_read_at = timezone.now()
    world.van.save()


def test_the_last_position_is_a_map_and_words_with_their_age(camille: Client, world: World):
    at(world, -4.83567, 45.764043, 170)
    page = camille.get(world.page_of(world.van)).content.decode()
    place = page.partition('id="place-title"')[2].partition("</section>")[0]
    assert 'data-map="vehicle" data-tiles=""' in place
    assert 'data-latitude="45.764043" data-longitude="-4.835670"' in place
    assert 'href="geo:45.764043,-4.835670"' in place
    assert "45.7640° N, 4.8357° W" in place
    assert 'datetime="2026-11-21T11:00:00.000+00:00"' in place


@pytest.mark.parametrize("coordinates", [(), (4.8,), (4.8, 91), (181, 4.8), ("4.8", "45"), (True, False), (None, 1)])
def test_what_is_no_place_is_not_shown_as_one(camille: Client, world: World, coordinates: tuple[object, ...]):
    at(world, *coordinates)
    page = camille.get(world.page_of(world.van)).content.decode()
    assert 'data-map="vehicle"' not in page
    assert "has not told where it is" in page


def test_a_map_to_open_the_place_in_can_be_set(camille: Client, world: World, settings: Settings):
    settings.MAP_LINK_URL = "https://map.example.com/?at={lat},{lon}&zoom=17"
    settings.TILE_URL = "https://tile.example.com/{z}/{x}/{y}.png"
    settings.TILE_ATTRIBUTION = '© <a href="https://example.com">Example</a>'
    at(world, 4.83, 45.76)
    page = camille.get(world.page_of(world.van)).content.decode()
    assert 'href="https://map.example.com/?at=45.760000,4.830000&amp;zoom=17"' in page
    assert 'data-tiles="https://tile.example.com/{z}/{x}/{y}.png"' in page
    assert 'data-attribution="© &lt;a href=&quot;https://example.com&quot;&gt;Example&lt;/a&gt;"' in page


def test_news_by_asking_is_said_with_its_delay(camille: Client, world: World, settings: Settings) -> None:
    """The gateway is on this machine as PUBLIC_URL is, until it is elsewhere."""
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert "News comes by asking" not in camille.get(world.page_of(world.van)).content.decode()
    world.van.gateway.base_url = "https://api.example.com/connectedcar/v3"
    world.van.gateway.save()
    for part in ("", "/news"):
        assert "News comes by asking" in camille.get(world.page_of(world.van, part)).content.decode()
    settings.PUBLIC_URL = "https://fleet.example.com"
    assert "News comes by asking" not in camille.get(world.page_of(world.van)).content.decode()
