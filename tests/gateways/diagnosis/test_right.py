"""A connection that works, and what is to be known of it."""

import json
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any
from unittest import mock

import pytest

from gateways.diagnosis import NAMES, Step, reaching, steps, way
from gateways.interface import Account
from gateways.v3 import V3Client
from simulator.world import CLIENT_ID, PASSWORD, USER
from tests.gateways.diagnosis.cases import FINE, FLEETS, OURS, ROOT, SERVER, account, behind, day, with_ours
from tests.gateways.diagnosis.wrong_answers import silence
from tests.tls.authority import NOW
from tests.tls.servers import answer, raw_server, server_context, serving
from tests.tls.simulated import mutual_tls_simulator


def look_at(account: Account, **how: Any) -> dict[str, Step]:
    return {step.name: step for step in steps(account, allow_http=True, now=NOW, **how)}


def told(found: dict[str, Step], name: str) -> tuple[bool | None, str]:
    return found[name].ok, str(found[name].why)


def test_all_is_well_with_a_cloud_behind_mutual_tls(tmp_path: Path) -> None:
    with mutual_tls_simulator(tmp_path, "--burst-limit", "10", "--day-limit", "50000") as cloud:
        port = cloud.base_url.split(":")[2].split("/")[0]
        whole = Account(
            *("v3", cloud.base_url, CLIENT_ID, USER, PASSWORD),
            certificate=cloud.client.pem,
            private_key=cloud.client.key_pem,
            ca_bundle=cloud.authority.root_pem,
        )
        found = list(steps(whole))
    assert [(step.name, step.ok, str(step.why)) for step in found] == [
        ("address", True, f"https://127.0.0.1:{port}/connectedcar/v3 can be used."),
        ("name", True, "127.0.0.1 is an IP address: there is no name to look up."),
        ("tcp", True, f"Connected to 127.0.0.1, port {port}."),
        (
            "tls",
            True,
            "TLS 1.3. The cloud's certificate is CN=127.0.0.1, issued by CN=Sandbox CA, valid until " + day(365) + ".",
        ),
        ("client-certificate", True, f"The cloud takes our certificate: CN=fleetremote, valid until {day(365)}."),
        ("credentials", True, "User name, password and client_id are accepted."),
        ("fleets", True, "1 fleet is listed."),
        ("limits", True, "Requests a second: 10. Requests in 24 hours: 50,000, of which are left: 49,999."),
    ]


def test_each_step_is_told_before_the_next_is_tried() -> None:
    with serving(FINE) as server:
        running = steps(account(f"{server.root}/v3"), allow_http=True)
        assert [next(running).name for _ in range(4)] == ["address", "name", "tcp", "tls"]
        assert server.asked == []
        assert [step.name for step in running] == list(NAMES[4:])
        assert len(server.asked) == 1


def test_nothing_is_sent_but_what_the_client_of_production_sends() -> None:
    with serving(FINE, server_context(SERVER)) as server:
        look_at(account(f"{server.root}/connectedcar/v3/"))
        (asked,) = server.asked
    first, *headers = asked.decode().split("\r\n")
    assert first == "GET /connectedcar/v3/fleets?client_id=3f1c-client HTTP/1.1"
    assert "Authorization: Basic ZmxlZXRyZW1vdGU6Y29ycmVjdCBob3JzZQ==" in headers


def test_over_http_nothing_is_said_of_certificates() -> None:
    with serving(FINE) as server:
        found = look_at(account(f"{server.root}/v3"))
    assert told(found, "tls") == (
        None,
        "The address begins with http://, so nothing is encrypted. That is for a simulator only.",
    )
    assert told(found, "client-certificate") == (None, "Without TLS no certificate is shown.")
    assert found["fleets"].ok


OURS_TOLD = {
    "it ends soon": (
        behind(SERVER, client_ca=ROOT.root_pem)(**with_ours(ROOT.client("fleetremote", until=20))),
        f"The cloud takes our certificate, CN=fleetremote, but it ends on {day(20)}. Ask the manufacturer for the next "
        "one.",
    ),
    "they did not ask": (
        behind(SERVER)(**with_ours()),
        "The cloud asked for no client certificate, so that ours was not looked at: CN=fleetremote.",
    ),
    "they did not ask, and there is none": (
        behind(SERVER)(),
        "The cloud asked for no client certificate, and none is given.",
    ),
    "they asked, and do without": (
        behind(SERVER, client_ca=ROOT.root_pem, optional=True)(),
        "The cloud asked for a client certificate, but answers without one, too.",
    ),
}


@pytest.mark.parametrize("name", OURS_TOLD)
def test_what_is_to_be_known_of_our_certificate_is_told(name: str) -> None:
    start, words = OURS_TOLD[name]
    with start() as account:
        found = look_at(account)
    assert told(found, "client-certificate") == (None, words)
    assert found["fleets"].ok


def test_a_certificate_of_which_they_say_nothing_is_not_called_accepted() -> None:
    context = server_context(SERVER, client_ca=ROOT.root_pem, version=ssl.TLSVersion.TLSv1_3)
    context.num_tickets = 0
    with mock.patch.object(way, "SETTLE_SECONDS", 0.05), serving(silence, context) as server:
        found = look_at(account(f"{server.root}/v3", total_timeout=0.3, **with_ours()))
    assert told(found, "client-certificate") == (
        None,
        "The cloud asked for our certificate, and did not say whether it takes it.",
    )
    assert found["fleets"].ok is False


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_our_certificate_is_accepted_in_either_version_of_tls(version: ssl.TLSVersion) -> None:
    with behind(SERVER, client_ca=ROOT.root_pem, version=version)(**with_ours())() as account:
        assert look_at(account)["client-certificate"].ok is True


def test_our_certificate_is_shown_when_it_is_asked_for_late() -> None:
    """As Apache does, where only some paths want one."""
    with behind(SERVER, client_ca=ROOT.root_pem, later=True)(**with_ours())() as account:
        found = look_at(account)
        assert found["client-certificate"].ok is True
        assert [fleet["id"] for fleet in V3Client(account).fleets()] == ["f1"]


def fleets(number: int, total: int, following: str = "") -> bytes:
    links = {"next": {"href": following}} if following else {}
    items = [{"id": f"f{place}"} for place in range(number)]
    document = {"_links": links, "total": total, "_embedded": {"fleets": items}}
    return answer(200, json.dumps(document), Content_Type="application/hal+json")


def test_a_long_list_is_counted_to_its_end() -> None:
    def page(asked: bytes) -> bytes:
        return fleets(3, 63) if b"pageToken=2" in asked else fleets(60, 63, "/v3/fleets?pageToken=2")

    with serving(page, server_context(SERVER)) as server:
        assert told(look_at(account(f"{server.root}/v3")), "fleets") == (True, "63 fleets are listed.")


def test_a_list_that_leads_in_a_circle_comes_to_an_end() -> None:
    page = fleets(0, 5, "/v3/fleets?pageToken=2")
    with mock.patch.object(way, "LIST_SECONDS", 0.2), serving(page, server_context(SERVER)) as server:
        ok, words = told(look_at(account(f"{server.root}/v3")), "fleets")
    assert (ok, words.startswith("The list of fleets is not whole. Reading it took longer than ")) == (False, True)


@pytest.mark.parametrize(
    ("says", "ok", "words"),
    [
        (fleets(1, 1), True, "1 fleet is listed."),
        (
            fleets(0, 0),
            None,
            "No fleet is listed. Ask the manufacturer to put vehicles into a fleet of this account.",
        ),
    ],
)
def test_few_fleets_are_told(says: bytes, ok: bool | None, words: str) -> None:
    with serving(says) as server:
        assert told(look_at(account(f"{server.root}/v3")), "fleets") == (ok, words)


LIMITS = {
    "none": ({}, None, "The cloud tells no limits, so that FleetRemote finds them by itself."),
    "some": (
        {"X_RateLimit_Limit_2": "5"},
        True,
        "Requests a second: 5. Requests in 24 hours: not told, of which are left: not told.",
    ),
}


@pytest.mark.parametrize("name", LIMITS)
def test_limits_are_told_as_far_as_they_are_known(name: str) -> None:
    headers, ok, words = LIMITS[name]
    with serving(answer(200, FLEETS, **headers)) as server:
        assert told(look_at(account(f"{server.root}/v3")), "limits") == (ok, words)


def test_of_several_addresses_the_next_is_tried() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        closed = listener.getsockname()[1]
    with serving(FINE, server_context(ROOT.server("localhost"))) as server:
        forbidden = ("169.254.169.254", server.port)
        places = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", place)
            for place in (forbidden, ("127.0.0.1", closed), ("127.0.0.1", server.port))
        ]
        with mock.patch.object(socket, "getaddrinfo", return_value=places):
            found = look_at(account(f"https://localhost:{server.port}/v3"))
    assert told(found, "name") == (True, "localhost is at 127.0.0.1.")
    assert found["fleets"].ok


@contextmanager
def proxy(to: int, context: ssl.SSLContext | None) -> Iterator[tuple[int, list[bytes]]]:
    """Connects to that port of this computer, whatever host is asked for; gives its port, and what it was asked."""
    asked: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        stream = connection if context is None else context.wrap_socket(connection, server_side=True)
        asked.append(stream.recv(64 * 1024))
        with socket.create_connection(("127.0.0.1", to)) as cloud:
            if asked[-1].startswith(b"CONNECT"):
                stream.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                cloud.sendall(asked[-1])
            Thread(target=pump, args=(stream.recv, cloud.sendall), daemon=True).start()
            pump(cloud.recv, stream.sendall)

    with raw_server(handle) as port:
        yield port, asked


def pump(receive: Callable[[int], bytes], send: Callable[[bytes], None]) -> None:
    with suppress(OSError, ValueError):
        while data := receive(64 * 1024):
            send(data)


@pytest.mark.parametrize("is_tls", [False, True], ids=["http", "https"])
def test_all_is_well_through_a_proxy(is_tls: bool) -> None:
    """The name of the cloud is looked up by the proxy alone."""
    cloud = server_context(ROOT.server("api.example.invalid"), client_ca=ROOT.root_pem)
    with (
        serving(FINE, cloud) as server,
        proxy(server.port, server_context(ROOT.server("localhost")) if is_tls else None) as (port, asked),
    ):
        url = f"{'https' if is_tls else 'http'}://us:sec%40ret@localhost:{port}"
        found = look_at(account("https://api.example.invalid/connectedcar/v3", proxy=url, **with_ours(OURS)))
    assert [(step.name, str(step.why)) for step in found.values() if step.ok is False] == []
    assert "The proxy localhost is at " in told(found, "name")[1]
    assert told(found, "tcp") == (True, f"Connected through the proxy at 127.0.0.1, port {port}.")
    assert found["client-certificate"].ok
    lines = asked[0].decode().split("\r\n")
    assert lines[0] == "CONNECT api.example.invalid:443 HTTP/1.1"
    assert "Proxy-Authorization: Basic dXM6c2VjQHJldA==" in lines


def test_a_proxy_is_asked_for_an_address_without_tls() -> None:
    with serving(FINE) as server, proxy(server.port, None) as (port, asked):
        found = look_at(account("http://api.example.invalid/v3", proxy=f"http://127.0.0.1:{port}"))
    assert found["fleets"].ok
    assert asked[0].startswith(b"GET http://api.example.invalid/v3/fleets?client_id=")


def test_what_fails_in_fleetremote_itself_is_a_step_that_is_wrong() -> None:
    with mock.patch.object(reaching, "find", side_effect=KeyError("oops")):
        found = look_at(account("https://api.example.com/v3"))
    assert told(found, "name") == (False, "FleetRemote itself failed here (KeyError). Its log says more.")
    assert list(found) == ["address", "name"]
