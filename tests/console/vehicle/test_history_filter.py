"""The history of a vehicle: narrowed by a filter, read to any age, and opened at one action by a link."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from console.vehicle.history import PAGE_SIZE, with_people
from fleets.models import ApiClient
from remotes.finding.actions import Filter, narrowed
from remotes.models import FleetRules, GatewayHealth, RemoteAction, SendingStop
from tests.console.conftest import LogIn, World
from tests.console.forms.given import HTMX
from tests.world import make_action, make_event, make_person, written

DAY = timedelta(days=1)


def shown(client: Client, world: World, part: str = "/history", **query: str | int) -> list[str]:
    """The ids of the actions on a page, in their order."""
    page = client.get(world.page_of(world.van, part), query).content.decode()
    return [piece.partition('"')[0] for piece in page.split('id="action-')[1:]]


def aged(action: RemoteAction, age: timedelta) -> RemoteAction:
    action.created_at = timezone.now() - age
    action.save(update_fields=["created_at"])
    return action


def ids(*actions: RemoteAction) -> list[str]:
    return [action.public_id for action in actions]


@pytest.mark.parametrize(
    ("outcome", "place"),
    [("succeeded", [1, 0]), ("failed", [3, 2]), ("cancelled", [4]), ("open", [5]), ("unknown", [6])],
)
def test_by_outcome(camille: Client, world: World, outcome: str, place: list[int]):
    now = timezone.now()
    made = [
        make_action(world.van, state="done", status="Success"),
        make_action(world.van, state="done", status="AlreadyDone"),
        make_action(world.van, state="done", status="Failed", failure_cause="DoorsOpen"),
        make_action(world.van, state="expired", status="Failed"),
        make_action(world.van, state="cancelled", status="Failed", finished_at=now),
        make_action(world.van, state="accepted", status="SentToVehicle"),
        make_action(world.van, state="unknown"),
    ]
    assert shown(camille, world, outcome=outcome) == ids(*[made[number] for number in place])


def test_by_command_and_by_where_it_was_asked_for(camille: Client, world: World):
    honk = make_action(world.van, "honk", origin="page")
    lock = make_action(world.van, "lock", origin="schedule")
    unlock = make_action(world.van, "unlock", origin="page")
    assert shown(camille, world, feature="Locking") == ids(unlock, lock)
    assert shown(camille, world, origin="page") == ids(unlock, honk)
    assert shown(camille, world, feature="Locking", origin="page") == ids(unlock)


def test_by_who_asked_for_it(camille: Client, world: World):
    ana = make_person("ana7", world.lyon, first_name="Ana", last_name="Durand")
    service = ApiClient.objects.create(client_id="b", name="Booking", username="b")
    by_ana, by_service, by_camille = (
        make_action(world.van, user=ana),
        make_action(world.van, api_client=service),
        make_action(world.van, user=world.camille),
    )
    for words, wanted in {"durand ana": by_ana, "ANA7": by_ana, "book": by_service, "camille": by_camille}.items():
        assert shown(camille, world, who=words) == ids(wanted)
    assert shown(camille, world, who="nobody") == []


def test_by_days_of_the_fleets_clocks(camille: Client, world: World):
    late = aged(make_action(world.van), timedelta())
    # Half past midnight in Tokyo, the afternoon of the day before in Europe.
    RemoteAction.objects.filter(pk=late.pk).update(created_at=datetime(2026, 11, 20, 15, 30, tzinfo=UTC))
    assert shown(camille, world, since="2026-11-20", until="2026-11-20", zone="Asia/Tokyo") == ids(late)
    rules = FleetRules.objects.create(fleet=world.lyon, time_zone="Asia/Tokyo")
    assert shown(camille, world, since="2026-11-21", until="2026-11-21") == ids(late)
    FleetRules.objects.filter(pk=rules.pk).update(time_zone="Europe/Paris")
    assert shown(camille, world, since="2026-11-21", until="2026-11-21") == []


@pytest.mark.parametrize("query", [{"since": "soon"}, {"since": "2026-11-21", "until": "2026-11-20"}, {"outcome": "x"}])
def test_a_filter_that_is_wrong_says_so(camille: Client, world: World, query: dict[str, str]):
    action = make_action(world.van)
    page = camille.get(world.page_of(world.van, "/history"), query)
    assert page.status_code == 200
    assert 'class="field-error"' in page.content.decode()
    assert shown(camille, world, **{"outcome": "x"}) == ids(action)


def test_the_page_says_what_it_shows_and_the_news_show_the_same(camille: Client, world: World):
    make_action(world.van, "honk")
    lock = make_action(world.van, "lock", user=world.camille)
    query = {"feature": "Locking", "who": "cam ille"}
    page = camille.get(world.page_of(world.van, "/history"), query).content.decode()
    assert '<span class="muted">Command:</span> Lock or unlock' in page
    assert f"/news?tab=history&{urlencode(query)}".replace("&", "&amp;") in page
    assert shown(camille, world, "/news", tab="history", **query) == ids(lock)
    assert (
        "No action fits this filter"
        in camille.get(world.page_of(world.van, "/history"), {"feature": "Tan"}).content.decode()
    )


def test_a_filtered_history_goes_on_to_its_oldest_page_and_back(camille: Client, world: World):
    locks = []
    for _ in range(2 * PAGE_SIZE + 3):
        locks.append(make_action(world.van, "lock"))
        make_action(world.van, "honk")
    newest_first = ids(*reversed(locks))
    first = shown(camille, world, feature="Locking")
    second = shown(camille, world, feature="Locking", before=locks[-PAGE_SIZE].pk)
    third = shown(camille, world, feature="Locking", before=locks[-2 * PAGE_SIZE].pk)
    assert first + second + third == newest_first
    back = camille.get(world.page_of(world.van, f"/history?feature=Locking&after={locks[2].pk}")).content.decode()
    assert shown(camille, world, feature="Locking", after=locks[2].pk) == second
    assert f"?feature=Locking&amp;after={locks[-PAGE_SIZE - 1].pk}#history" in back
    assert f"?feature=Locking&amp;before={locks[3].pk}#history" in back
    newest = camille.get(world.page_of(world.van, "/history"), {"after": locks[-PAGE_SIZE - 1].pk}).content.decode()
    assert "Newer actions" in newest
    assert "Newer actions" not in camille.get(world.page_of(world.van, "/history")).content.decode()


def test_a_link_opens_an_action_of_any_age(camille: Client, world: World):
    made = [make_action(world.van, "lock", state="done", status="Success") for _ in range(2 * PAGE_SIZE)]
    old = made[3]
    page = camille.get(world.page_of(world.van, f"/actions/{old.public_id}")).content.decode()
    assert shown(camille, world, f"/actions/{old.public_id}") == ids(*reversed(made[:4]))
    entry = page.partition(f'id="action-{old.public_id}"')[2].partition("</li>")[0]
    assert 'aria-current="true"' in entry
    assert f'id="steps-{old.public_id}" open' in entry
    assert f"/news?tab=history&amp;action={old.public_id}" in page
    assert shown(camille, world, "/news", tab="history", action=old.public_id) == ids(*reversed(made[:4]))
    assert f"?after={old.pk}#history" in page
    assert (
        f"/actions/{old.public_id}#action-{old.public_id}"
        in camille.get(world.page_of(world.van, "/history"), {"before": old.pk + 1}).content.decode()
    )


def test_a_link_to_an_action_of_another_vehicle_leads_nowhere(camille: Client, world: World):
    other = make_action(world.rental)
    assert camille.get(world.page_of(world.van, f"/actions/{other.public_id}")).status_code == 404
    assert camille.get(world.page_of(world.rental, f"/actions/{other.public_id}")).status_code == 404
    assert camille.get(world.page_of(world.van, f"/actions/{other.public_id}/record")).status_code == 404
    assert shown(camille, world, "/news", tab="history", action=other.public_id) == []


def in_trouble(world: World, ana: User) -> None:
    """An unknown outcome, one that waits for approval, a gateway that is down, a stop, and a long history."""
    for number in range(PAGE_SIZE + 5):
        action = make_action(world.van, state="done", status="Failed", failure_cause="DoorsOpen", user=ana)
        make_event(action, "Failed", after=number, cause="DoorsOpen")
    make_action(world.van, "honk", state="unknown", user=ana, why=written("No answer came."))
    make_action(world.van, "lock", state="waiting-approval", user=ana)
    GatewayHealth.objects.create(gateway=world.van.gateway, state="down", why=written("It does not answer."))
    SendingStop.objects.create(fleet=world.lyon, stopped_by=ana, reason="A recall")


@pytest.mark.parametrize(
    "query", ["", "?outcome=failed&who=ana&feature=Locking&since=2020-01-01", "?before=9000000", "?after=1"]
)
def test_in_trouble_a_page_takes_no_more_than_twelve_queries(
    world: World, log_in: LogIn, query: str, django_assert_max_num_queries: DjangoAssertNumQueries
):
    ana = make_person("ana", world.lyon)
    in_trouble(world, ana)
    client = log_in(world.camille)
    for address in (f"/history{query}", f"/news?tab=history&{query[1:]}"):
        with django_assert_max_num_queries(12):
            page = client.get(world.page_of(world.van, address))
        assert page.status_code == 200
        assert len(page.content) < 100_000


def test_the_page_at_an_action_takes_no_more_than_twelve_queries(
    world: World, log_in: LogIn, django_assert_max_num_queries: DjangoAssertNumQueries
):
    in_trouble(world, make_person("ana", world.lyon))
    first = world.van.remote_actions.order_by("pk")[3]
    client = log_in(world.camille)
    with django_assert_max_num_queries(12):
        assert client.get(world.page_of(world.van, f"/actions/{first.public_id}")).status_code == 200
    with django_assert_max_num_queries(12):
        assert client.get(world.page_of(world.van, f"/actions/{first.public_id}/record")).status_code == 200


@pytest.mark.parametrize("tab", ["now", "programs", "schedules", "record"])
def test_nor_does_any_other_tab(
    world: World, log_in: LogIn, tab: str, django_assert_max_num_queries: DjangoAssertNumQueries
):
    in_trouble(world, make_person("ana", world.lyon))
    client = log_in(world.camille)
    for address in ("" if tab == "now" else f"/{tab}", f"/news?tab={tab}"):
        # One is the number of open alerts in the frame.
        with django_assert_max_num_queries(13):
            page = client.get(world.page_of(world.van, address))
        assert page.status_code == 200
        assert len(page.content) < 100_000


def test_without_a_login_the_record_is_not_told(world: World):
    action = make_action(world.van)
    record = world.page_of(world.van, f"/actions/{action.public_id}/record")
    assert Client().get(record).headers["Location"].startswith("/login?next=")
    assert Client().get(record, headers=HTMX).status_code == 401


MANY = 30_000
_MAKE_ACTIONS = """
INSERT INTO remotes_remoteaction (public_id, fleet_id, vehicle_id, gateway_id, remote_type, payload, extra, origin,
    reason, when_awake, request_digest, state, status, status_stage, status_at, status_rank,
    upstream_callback_id, attempts, polls, created_at, expires_at, finished_at)
SELECT md5(n::text), %s, %s, %s, CASE WHEN n %% 10000 = 0 THEN 'Tan' ELSE 'Locking' END, '{"state": "Locked"}', '{}',
    'page', '', false, '', 'done', CASE WHEN n %% 10000 = 0 THEN 'Failed' ELSE 'Success' END, 3, now(), 1, '', 1, 0,
    now() - (%s - n) * interval '1 hour', now(), now()
FROM generate_series(1, %s) AS n
"""


def test_no_filter_reads_the_whole_history(world: World):
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_ACTIONS, [world.lyon.pk, world.van.pk, world.van.gateway_id, MANY, MANY])
        cursor.execute("ANALYZE remotes_remoteaction")
    actions = with_people(world.van.remote_actions.all()).order_by("-pk")
    long_ago = timezone.now() - timedelta(hours=MANY) + DAY
    filters = {
        Filter(outcome="failed"): 3,
        Filter(outcome="cancelled"): 0,
        Filter(outcome="open"): 0,
        Filter(remote_type="Tan"): 3,
        Filter(remote_type="Horn"): 0,
        Filter(until=long_ago): PAGE_SIZE + 1,
        Filter(until=long_ago - 10 * DAY): 0,
        Filter(since=long_ago, until=long_ago + timedelta(hours=5)): 5,
    }
    for wanted, number in filters.items():
        rows = narrowed(actions, world.van, wanted, PAGE_SIZE + 1)
        assert len(rows) == number, wanted
        plan = json.loads(rows.explain(analyze=True, buffers=True, format="json"))[0]["Plan"]
        assert plan["Shared Hit Blocks"] + plan["Shared Read Blocks"] < 500, wanted
