"""The page that says whether a fleet's actions are sent: kill switch, what waits, gateways, banners."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from console.sending.state import PAGE_SIZE
from fleets.models import AccessToken, AuditEntry, Fleet, UpstreamFleet
from protocol.why import Why
from remotes.asking import kill_switch
from remotes.models import GatewayHealth, SendingStop
from remotes.words import codes
from tests.callbacks.outbox_world import make_callback
from tests.console.conftest import LogIn, World
from tests.console.forms.given import error_of
from tests.world import make_action, make_person, make_vehicle

MOST_QUERIES = 12


def url_of(fleet: Fleet, part: str = "") -> str:
    return f"/fleets/{fleet.public_id}/sending{part}"


def text_of(client: Client, url: str, **more: Any) -> str:
    return " ".join(client.get(url, **more).content.decode().split())


def close_gateway(fleet: Fleet, state: str = "down", **values: Any) -> GatewayHealth:
    now = timezone.now()
    given = {"since": now, "probe_at": now + timedelta(minutes=1), "why": Why(codes.IS_SILENT), **values}
    return GatewayHealth.objects.create(gateway=fleet.upstream_fleets.get().gateway, state=state, **given)


@pytest.fixture
def root(world: World, log_in: LogIn) -> Client:
    return log_in(make_person("root", is_superuser=True, is_staff=True))


def test_all_is_well(camille: Client, world: World):
    page = text_of(camille, url_of(world.lyon))
    for words in ("Sending is allowed", "Nothing waits", "Stop sending…", "Works", "As usual"):
        assert words in page
    assert f'href="{url_of(world.lyon)}" aria-current="page"' in page
    assert f'href="{url_of(world.lyon)}"' in text_of(camille, f"/fleets/{world.lyon.public_id}")


def test_a_manager_stops_every_sending_with_a_reason(camille: Client, world: World):
    question = text_of(camille, url_of(world.lyon, "/stop"))
    assert "Stop sending for Lyon?" in question
    assert not SendingStop.objects.exists()
    without = camille.post(url_of(world.lyon, "/stop"), {"reason": ""})
    assert without.status_code == 422
    assert error_of(without, "reason") == "Say why."
    assert not SendingStop.objects.exists()
    stopped = camille.post(url_of(world.lyon, "/stop"), {"reason": "Strange <commands>."})
    assert (stopped.status_code, stopped.headers["Location"]) == (303, url_of(world.lyon))
    assert kill_switch.active_stop(world.lyon.pk) is not None
    page = text_of(camille, url_of(world.lyon))
    assert "Sending is stopped for Lyon" in page
    assert "“Strange &lt;commands&gt;.”" in page
    assert "camille, <time" in page
    assert "Allow sending again…" in page
    assert "Stop sending…" not in page


def test_what_waits_is_listed_oldest_first_a_page_at_a_time(camille: Client, world: World):
    first = make_action(world.van, "lock", user=world.camille, why=Why(codes.STOPPED, why="Drill."))
    actions = [make_action(world.van) for _ in range(PAGE_SIZE)]
    make_action(world.van, state="accepted")
    make_action(world.rental)
    page = text_of(camille, url_of(world.lyon))
    assert page.count("data-deadline") == PAGE_SIZE
    assert f"{world.page_of(world.van)}/actions/{first.public_id}#action-{first.public_id}" in page
    assert "Sending is stopped: Drill." in page
    assert actions[-1].public_id not in page
    following = url_of(world.lyon, f"?after={actions[-2].pk}")
    assert f'href="{following}"' in page
    page = text_of(camille, following)
    assert actions[-1].public_id in page
    assert page.count("data-deadline") == 1


@pytest.mark.parametrize(("choice", "state"), [("resume", "queued"), ("cancel", "cancelled")])
def test_lifting_asks_what_becomes_of_what_waits(camille: Client, world: World, choice: str, state: str):
    kill_switch.stop(world.lyon, world.camille, "Drill.")
    action = make_action(world.van, due_at=timezone.now() + timedelta(minutes=5))
    waits = make_action(world.van, "immobilise", state="waiting-approval")
    question = text_of(camille, url_of(world.lyon, "/lift"))
    assert "2 actions wait. What becomes of them?" in question
    none = camille.post(url_of(world.lyon, "/lift"), {})
    assert none.status_code == 422
    assert error_of(none, "waiting") == "Choose what becomes of what waits."
    assert kill_switch.active_stop(world.lyon.pk) is not None
    page = camille.post(url_of(world.lyon, "/lift"), {"waiting": choice}, follow=True).content.decode()
    assert f"Sending is allowed again. 2 actions {'cancelled' if choice == 'cancel' else 'to be sent now'}." in page
    action.refresh_from_db()
    waits.refresh_from_db()
    assert action.state == state
    assert waits.state == ("cancelled" if choice == "cancel" else "waiting-approval")
    assert kill_switch.active_stop(world.lyon.pk) is None


def test_what_is_not_stopped_can_not_be_lifted(camille: Client, world: World):
    for page in (
        camille.get(url_of(world.lyon, "/lift"), follow=True),
        camille.post(url_of(world.lyon, "/lift"), {"waiting": "cancel"}, follow=True),
    ):
        assert "Sending is not stopped any more." in page.content.decode()


@pytest.mark.parametrize("part", ["/stop", "/lift", "/rules"])
def test_a_viewer_sees_it_and_changes_nothing(viktor: Client, world: World, part: str):
    kill_switch.stop(world.lyon, world.camille, "Drill.")
    make_action(world.van)
    page = text_of(viktor, url_of(world.lyon))
    assert "Sending is stopped for Lyon" in page
    assert "data-deadline" in page
    assert f'href="{url_of(world.lyon, part)}"' not in page
    for response in (viktor.get(url_of(world.lyon, part)), viktor.post(url_of(world.lyon, part))):
        assert response.status_code == 403
        assert "not change how it sends" in response.content.decode()
    assert kill_switch.active_stop(world.lyon.pk) is not None


def test_an_administrator_sees_which_fleets_are_stopped(root: Client, world: World):
    kill_switch.stop(world.lyon, world.camille, "Drill.")
    page = text_of(root, "/sending")
    assert "Sending is allowed" in page
    assert "Stopped by their own managers: Lyon." in page


def test_an_administrator_stops_all_fleets(root: Client, camille: Client, world: World):
    action, other = make_action(world.van), make_action(world.rental)
    root.post("/sending/stop", {"reason": "Drill."})
    page = text_of(root, "/sending")
    assert "Sending is stopped for all fleets" in page
    assert "Van 1 <span" in page
    assert world.van.vin in page
    assert ", Paris" in page
    page = text_of(camille, url_of(world.lyon))
    assert "Sending is stopped for all fleets" in page
    assert "An administrator allows it again." in page
    assert "Stop sending…" in page
    root.post("/sending/lift", {"waiting": "cancel"})
    for row in (action, other):
        row.refresh_from_db()
        assert row.state == "cancelled"
    assert "Sending is allowed" in text_of(camille, url_of(world.lyon))


@pytest.mark.parametrize(
    ("state", "met", "words", "banner"),
    [
        ("down", Why(codes.IS_SILENT), "One at a time tries whether it works", "is down: It does not answer."),
        (
            "refused",
            Why(codes.REFUSES_SAYING, status=401, words="Unknown client."),
            "Our client ID, user name, password or certificate is not taken",
            "refuses our credentials.",
        ),
        (
            "refused",
            Why(codes.IN_FRONT_SAYING, status=403, words="Forbidden: Not subscribed."),
            "Something in front of the manufacturer&#x27;s cloud lets nothing through.",
            "refuses us.",
        ),
    ],
)
def test_a_gateway_that_is_closed_is_told(camille: Client, world: World, state: str, met: Why, words: str, banner: str):
    row = close_gateway(world.lyon, state, why=met)
    make_action(world.van)
    page = text_of(camille, url_of(world.lyon))
    assert words in page
    assert str(met) in page
    assert "Nothing is sent at present." in page
    assert row.probe_at is not None
    probe = row.probe_at.isoformat(timespec="milliseconds")
    assert f'Next try <time datetime="{probe}" data-moment="clock">' in page
    for url in (f"/fleets/{world.lyon.public_id}", world.page_of(world.van)):
        assert banner in text_of(camille, url)


def test_a_gateway_without_an_access_token_does_not_work(camille: Client, world: World):
    """Though nobody has been refused yet: what few ask for closes no gateway."""
    gateway = world.van.gateway
    gateway.dialect = "v1"
    gateway.save()
    why = Why(codes.IS_SILENT)
    token = AccessToken.objects.create(gateway=gateway, failure=why, failing_since=timezone.now())
    page = text_of(camille, url_of(world.lyon))
    assert "No access token" in page
    assert f": {why}" in page
    assert "Works" not in page
    token.failure = None
    token.save()
    assert "Works" in text_of(camille, url_of(world.lyon))


def test_a_vehicle_of_another_gateway_is_not_troubled(camille: Client, world: World):
    close_gateway(world.lyon)
    other = world.paris.upstream_fleets.get().gateway
    UpstreamFleet.objects.create(fleet=world.lyon, gateway=other, upstream_id="elsewhere")
    shuttle = make_vehicle(world.lyon, "Shuttle", gateway=other)
    assert "is down" not in text_of(camille, world.page_of(shuttle))
    assert "is down" in text_of(camille, world.page_of(world.van))


def test_what_a_gateway_takes_is_told(camille: Client, world: World):
    close_gateway(world.lyon, "up", burst_limit=2, day_limit=5000, since=None, probe_at=None)
    assert "It takes 2 requests a second. It takes 5,000 requests a day." in text_of(camille, url_of(world.lyon))


@pytest.mark.parametrize("fleet", ["lyon", None])
def test_while_sending_is_stopped_the_pages_say_so(camille: Client, world: World, fleet: str | None):
    kill_switch.stop(getattr(world, fleet) if fleet else None, world.camille, "Strange commands.")
    where = "for this fleet" if fleet else "for all fleets"
    for url in (f"/fleets/{world.lyon.public_id}", world.page_of(world.van), world.page_of(world.van, "/news")):
        page = text_of(camille, url)
        assert f"Sending is stopped {where}: Strange commands." in page
        assert f'href="{url_of(world.lyon)}"' in page


def test_another_fleets_trouble_is_not_told(camille: Client, world: World):
    kill_switch.stop(world.paris, world.camille, "Strange commands.")
    close_gateway(world.paris)
    for url in (f"/fleets/{world.lyon.public_id}", world.page_of(world.van), url_of(world.lyon)):
        page = text_of(camille, url)
        assert "is stopped" not in page
        assert "is down" not in page


@pytest.mark.parametrize("part", ["/sending", "/sending/lift", "/sending/rules", "/orphans", "", "/callbacks"])
def test_pages_take_few_queries(
    camille: Client, world: World, part: str, django_assert_max_num_queries: DjangoAssertNumQueries
):
    kill_switch.stop(world.lyon, world.camille, "Drill.")
    kill_switch.stop(None, world.camille, "Drill.")
    close_gateway(world.lyon)
    make_callback(world.lyon)
    for _ in range(PAGE_SIZE + 2):
        make_action(world.van, user=world.camille)
    with django_assert_max_num_queries(MOST_QUERIES):
        page = camille.get(f"/fleets/{world.lyon.public_id}{part}")
    assert page.status_code == 200
    assert len(page.content) < 100_000


def test_a_vehicles_page_takes_few_queries_in_trouble_too(
    camille: Client, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
):
    kill_switch.stop(world.lyon, world.camille, "Drill.")
    close_gateway(world.lyon)
    for state in ("queued", "waiting-approval", "unknown", "accepted"):
        make_action(world.van, state=state, user=world.camille)
    # One of them waits for approval: whether this person's say counts is one more, as are open alerts in the frame.
    with django_assert_max_num_queries(MOST_QUERIES + 2):
        camille.get(world.page_of(world.van))


def test_the_stop_is_on_record(camille: Client, world: World):
    camille.post(url_of(world.lyon, "/stop"), {"reason": "Strange commands."})
    camille.post(url_of(world.lyon, "/lift"), {"waiting": "resume"})
    entries = AuditEntry.objects.filter(subject=world.lyon.public_id).order_by("id")
    assert [(entry.document["what"], entry.who) for entry in entries] == [
        ("stopped every sending", "camille"),
        ("allowed sending again", "camille"),
    ]
