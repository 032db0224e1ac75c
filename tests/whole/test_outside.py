"""Attacks from outside, each of which once silenced the site: pages, API and notifications answer all the while.

Each is small here and lasts seconds; FLEETREMOTE_TEST_LONG=1 runs it in full. See docs/bounds.md.
"""

import base64
from collections.abc import Mapping

import pytest
import requests

from tests.faults.outside.attack import Plan, port_of
from tests.faults.outside.witness import Ask, Seen, watch
from tests.long_form import LONG
from tests.running import Running
from tests.whole.test_live import login
from tests.whole.test_webhook import address

# Each run draws some; FLEETREMOTE_TEST_LONG=1 runs all.
pytestmark = pytest.mark.drawn("outside", 4, of="tests")

SECONDS = 15.0 if LONG else 0.5
MOST_SECONDS = 2.0
# On a machine that is busy with other tests: how much longer than without the attack. The long form has it alone.
MOST_TIMES = 0.0 if LONG else 8.0
MOST_GROWN = 100.0
MEGABYTE = 1024 * 1024
LARGE_FILE = "/static/admin/js/vendor/xregexp/xregexp.js"


@pytest.fixture(scope="module")
def honest(running: Running) -> Mapping[str, Ask]:
    """A page, the API, and a notification, each over a connection of its own."""
    session, (hook, header) = login(running), address(running)
    page = f"{running.demo['web']['url']}/fleets/{running.fleet['id']}"
    cookies = session.cookies.get_dict()

    asked: dict[str, Ask] = {
        "page": lambda: requests.get(page, cookies=cookies, timeout=20).status_code,
        "form": lambda: requests.get(f"{running.demo['web']['url']}/login", timeout=20).status_code,
        "api": lambda: running.call("GET", "/fleets").status_code,
        "notification": lambda: requests.post(hook, json={"events": []}, headers=header, timeout=20).status_code,
    }
    # The first of each loads what it needs, attack or not.
    assert {name: ask() for name, ask in asked.items()} == dict.fromkeys(asked, 200)
    return asked


def suffer(running: Running, honest: Mapping[str, Ask], plan: Plan) -> Seen:
    seen = watch(running, plan, honest, SECONDS)
    print(plan.kind, plan.path, plan.count, seen)
    assert seen.wrong == []
    slow = {name: took for name, took in seen.slowest.items() if took > max(MOST_SECONDS, MOST_TIMES * seen.calm[name])}
    assert slow == {}, seen
    assert seen.grown < MOST_GROWN, seen
    assert seen.spooled == 0
    return seen


def of(small: int, whole: int) -> int:
    return whole if LONG else small


@pytest.fixture(scope="module")
def port(running: Running) -> int:
    return port_of(running.demo["web"]["url"])


def basic(user: str, secret: str) -> str:
    return f"Authorization: Basic {base64.b64encode(f'{user}:{secret}'.encode()).decode()}"


@pytest.mark.parametrize("count", [1100, 3000] if LONG else [1100])
def test_silent_connections(running: Running, honest: Mapping[str, Ask], port: int, count: int) -> None:
    suffer(running, honest, Plan("silent", port, count))


def test_heads_that_drip(running: Running, honest: Mapping[str, Ask], port: int) -> None:
    suffer(running, honest, Plan("half_head", port, of(200, 1000), "/"))


@pytest.mark.parametrize("count", [40, 400])
def test_half_sent_posts(running: Running, honest: Mapping[str, Ask], port: int, count: int) -> None:
    suffer(running, honest, Plan("dripped_body", port, count, size=1000))


def test_half_sent_posts_that_fill_the_memory(running: Running, honest: Mapping[str, Ask], port: int) -> None:
    suffer(running, honest, Plan("half_body", port, of(300, 500), size=60_000))


def test_a_huge_body_to_a_stream(running: Running, honest: Mapping[str, Ask], port: int) -> None:
    suffer(running, honest, Plan("half_body", port, 1, "/x/live", size=of(100, 400) * MEGABYTE))


@pytest.mark.parametrize("place", ["webhook", "api", "v1", "login", "page"])
def test_large_bodies_without_the_secret(running: Running, honest: Mapping[str, Ask], port: int, place: str) -> None:
    api = running.demo["api"]
    wrong = {
        "webhook": ("/webhook/" + address(running)[0].rpartition("/")[2] + "/wrong", []),
        "api": (
            f"/connectedcar/v3/fleets/{running.fleet['id']}/remote/callbacks?client_id={api['client_id']}",
            [basic(api["user"], "wrong")],
        ),
        "v1": ("/api/connectedcar/v1/user/vehicles", ["Authorization: Bearer wrong"]),
        "login": ("/login", []),
        "page": (f"/fleets/{running.fleet['id']}/labels", ["Cookie: sessionid=abcdefghijklmnopqrstuvwxyz012345"]),
    }
    path, headers = wrong[place]
    suffer(running, honest, Plan("half_body", port, 25, path, headers, size=19 * MEGABYTE // 2))


@pytest.mark.parametrize("size", [1, 4096])
def test_endless_bodies(running: Running, honest: Mapping[str, Ask], port: int, size: int) -> None:
    hook = "/webhook/" + address(running)[0].rpartition("/")[2]
    for path in ("/login", hook) if LONG else ("/login",):
        suffer(running, honest, Plan("endless", port, of(10, 40), path, size=size))


def test_readers_that_read_nothing_to_speak_of(running: Running, honest: Mapping[str, Ask], port: int) -> None:
    suffer(running, honest, Plan("slow_reader", port, of(60, 200), LARGE_FILE, method="GET"))


def test_readers_of_a_list_that_read_nothing(running: Running, honest: Mapping[str, Ask], port: int) -> None:
    cookie = f"Cookie: sessionid={login(running).cookies['sessionid']}"
    path = f"/fleets/{running.fleet['id']}/actions.csv"
    suffer(running, honest, Plan("slow_reader", port, of(20, 200), path, [cookie], method="GET"))


def test_streams_of_one_viewer(running: Running, honest: Mapping[str, Ask], port: int) -> None:
    cookie = f"Cookie: sessionid={login(running).cookies['sessionid']}"
    path = f"/fleets/{running.fleet['id']}/vehicles/{running.fleet['vehicles'][0]['id']}/live"
    suffer(running, honest, Plan("stream", port, of(300, 1024), path, [cookie], method="GET"))


@pytest.mark.parametrize("kind", ["leaving", "flood"])
def test_pages_that_are_asked_for_all_the_time(
    running: Running, honest: Mapping[str, Ask], port: int, kind: str
) -> None:
    suffer(running, honest, Plan(kind, port, of(100, 300), "/login", method="GET"))


@pytest.mark.parametrize("place", ["webhook", "api"])
def test_millions_of_parts(running: Running, honest: Mapping[str, Ask], port: int, place: str) -> None:
    """From somebody whom we know."""
    hook, header = address(running)
    api, fleet = running.demo["api"], running.fleet["id"]
    path, headers, parts = {
        "webhook": ("/webhook/" + hook.rpartition("/")[2], [f"Authorization: {header['Authorization']}"], 3_000_000),
        "api": (
            f"/connectedcar/v3/fleets/{fleet}/remote/callbacks?client_id={api['client_id']}",
            [basic(api["user"], api["password"])],
            300_000,
        ),
    }[place]
    suffer(running, honest, Plan("repeated", port, of(1, 3), path, headers, size=3 * parts))
