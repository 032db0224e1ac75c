"""No subscriber makes us call what is not his to call: each trick is tried with the real client against a real server.

The server listens on loopback at a port that is allowed, and http is allowed too, so that only its address protects it.
"""

import http.server
import runpy
import socket
import threading
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any

import aiohttp
import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

import fleetremote.settings
from callbacks.delivery.addresses import AddressRefused, check_target
from callbacks.delivery.public_addresses import is_public
from protocol.errors import Invalid
from protocol.v3 import decode_subscribe
from tests.callbacks.victim import NAMES, PUBLIC, Client, Victim, ask

# Loopback and this machine; then other IPv4 that is not public; then IPv6, and IPv4 inside of it.
LITERALS = [
    *("127.0.0.1", "127.0.0.2", "127.255.255.254", "0.0.0.0", "0.1.2.3", "127.1", "127.0.1", "0", "2130706433"),
    *("017700000001", "0177.0.0.1", "0x7f.0.0.1", "0x7f.1", "0x7f000001", "0X7F.0.0.1", "127.0.0.01", "127.0.0.1."),
    *("127.0.0.1..", "00000127.0.0.1", "127.0x0.0.1", "383.0.0.1", "4294967297", "１２７.０.０.１", "①②⑦.0.0.1"),
    *("127。0。0。1", "%31%32%37.0.0.1", "127.0.0.1%00.public.example", "127.0.0.1%0a"),
    *("10.0.0.1", "10.255.255.255", "172.16.0.1", "172.31.255.255", "192.168.1.1", "100.64.0.1", "100.127.255.255"),
    *("169.254.169.254", "169.254.0.1", "100.100.100.200", "168.63.129.16", "192.0.0.192", "192.0.2.1", "192.88.99.1"),
    *("198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1"),
    *("255.255.255.255", "0x7f.0x0.0x0.0x1", "0xa9fea9fe", "025177524776", "2852039166", "10.1", "192.168.257"),
    *(
        "[::1]",
        "[::]",
        "[0:0:0:0:0:0:0:1]",
        "[0000::0001]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::FFFF:10.0.0.1]",
    ),
    *("[0:0:0:0:0:ffff:127.0.0.1]", "[::127.0.0.1]", "[::7f00:1]", "[::ffff:0:127.0.0.1]", "[::ffff:169.254.169.254]"),
    *("[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.1]", "[64:ff9b:1::1]", "[2002:7f00:1::]", "[2002:a00:1::1]"),
    *("[2001:0:5ef5:79fd::1]", "[2001:db8::1]", "[2001:2::1]", "[2001:10::1]", "[2001:20::1]", "[3fff::1]", "[100::1]"),
    *("[fc00::1]", "[fd00:ec2::254]", "[fdff:ffff::1]", "[fe80::1]", "[fe80::1%25lo]", "[fe80::1%lo]", "[::1%25lo]"),
    *("[febf::1]", "[fec0::1]", "[feff::1]", "[ff02::1]", "[ff0e::1]", "[5f00::1]", "[4000::1]", "[::1%00]"),
]
# Spellings of an address that hide where it leads; PORT is the server's.
TRICKS = [
    *("http://localhost:PORT/", "http://LocalHost:PORT/", "http://localhost.:PORT/", "http://x.localhost:PORT/"),
    *("http://public.example@127.0.0.1:PORT/", "http://public.example:443@127.0.0.1:PORT/", "http://@127.0.0.1:PORT/"),
    *("http://public.example\\@127.0.0.1:PORT/", "http://127.0.0.1:PORT\\@public.example/", "http:\\\\127.0.0.1:PORT/"),
    *("http://127.0.0.1:PORT#@public.example/", "http://127.0.0.1:PORT?@public.example/", "http:/127.0.0.1:PORT/"),
    *("http://127.0.0.1:PORT\t/", "http://127.0.0.1\r\n:PORT/", " http://127.0.0.1:PORT/", "http:///127.0.0.1:PORT/"),
    *("HTTP://127.0.0.1:PORT/", "hTTp://[::1]:PORT/", "http://[::1]:PORT:80/", "http://[127.0.0.1]:PORT/"),
    *("http://ⓛocalhost:PORT/", "http://loc\u00adalhost:PORT/", "http://127.0.0.1:PORT%2f@public.example/"),
]
# Names that lead to where nobody may go, in part or as a whole.
LEADING_ASTRAY = [
    *(name for name in NAMES if name.endswith(".example") and name not in ("public.example", "two.example")),
    *("LOOPBACK.example", "loopback.example."),
]
TARGETS = [
    *(f"http://{host}:PORT/hook" for host in [*LITERALS, *LEADING_ASTRAY]),
    *TRICKS,
]


@pytest.fixture(scope="module")
def listening() -> Iterator[Victim]:
    victim = Victim()
    yield victim
    victim.close()


@pytest.fixture
def victim(listening: Victim, settings: Any) -> Victim:
    """A server that may be called by all that the settings say, but for its address."""
    settings.CALLBACK_ALLOW_HTTP = True
    settings.CALLBACK_ALLOWED_PORTS = [listening.port]
    settings.CALLBACK_ALLOWED_NETWORKS = []
    listening.forget()
    return listening


def register(target: str) -> None:
    decode_subscribe({"callback": {"webhook": {"target": target, "name": "hook"}}})
    check_target(target)


def refusal_at_registration(target: str) -> str:
    with pytest.raises(Invalid) as caught:
        register(target)
    assert caught.value.path == "callback.webhook.target"
    return caught.value.message


def refusal_at_connect(client: Client, target: str, **options: Any) -> str:
    with pytest.raises(aiohttp.ClientConnectorError) as caught:
        client.post(target, **options)
    assert isinstance(caught.value.os_error, AddressRefused), caught.value
    return str(caught.value.os_error)


def test_the_table_is_long_enough() -> None:
    assert len(set(TARGETS)) >= 100


@pytest.mark.parametrize("encoded", [False, True], ids=["read by the client", "as it stands"])
@pytest.mark.parametrize("target", TARGETS)
def test_nothing_gets_through(victim: Victim, target: str, encoded: bool) -> None:
    client = Client()
    with pytest.raises((aiohttp.ClientError, OSError, ValueError)):
        client.post(URL(target.replace("PORT", str(victim.port)), encoded=encoded))
    assert client.connected in ([], [PUBLIC])
    assert victim.connections == 0


@pytest.mark.parametrize("target", [*(f"http://{host}:PORT/hook" for host in LITERALS), *TRICKS])
def test_what_can_be_told_without_a_look_up_is_refused_at_registration(victim: Victim, target: str) -> None:
    assert refusal_at_registration(target.replace("PORT", str(victim.port)))


@pytest.mark.parametrize("name", LEADING_ASTRAY)
def test_a_name_is_looked_up_when_it_is_called_and_not_before(victim: Victim, name: str) -> None:
    target = f"http://{name}:{victim.port}/"
    register(target)
    assert refusal_at_connect(Client(), target)


def test_the_words_say_what_is_wrong_and_who_can_help(victim: Victim) -> None:
    words = refusal_at_connect(Client(), f"http://mixed.example:{victim.port}/")
    assert "mixed.example leads to 127.0.0.1" in words
    assert "CALLBACK_ALLOWED_NETWORKS" in words
    assert "10.0.0.1 is not a public address" in refusal_at_registration(f"http://10.0.0.1:{victim.port}/")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]"])
def test_the_same_server_is_reached_in_a_network_that_is_allowed(victim: Victim, settings: Any, host: str) -> None:
    if ":" in host and not victim.has_ipv6:
        pytest.skip("this machine has no IPv6")
    settings.CALLBACK_ALLOW_HTTP, settings.CALLBACK_ALLOWED_PORTS = False, [443]
    settings.CALLBACK_ALLOWED_NETWORKS = ["127.0.0.0/8", "::1/128"]
    target = f"http://{host}:{victim.port}/hook"
    register(target)
    assert Client().post(target) == [200]
    assert victim.requests == ["POST /hook HTTP/1.1"]


def test_an_allowed_network_lets_no_other_in(victim: Victim, settings: Any) -> None:
    settings.CALLBACK_ALLOWED_NETWORKS = ["127.0.0.2/32", "10.0.0.0/8"]
    client = Client()
    for host in ("127.0.0.1", "[::1]", "localhost", "mixed.example", "[::ffff:127.0.0.1]"):
        assert refusal_at_connect(client, f"http://{host}:{victim.port}/")
    assert (client.connected, victim.connections) == ([], 0)


def test_a_name_that_leads_elsewhere_the_second_time_gains_nothing(victim: Victim, settings: Any) -> None:
    settings.CALLBACK_ALLOWED_NETWORKS = ["127.0.0.2/32"]
    answers = iter(["127.0.0.2", "127.0.0.1", "127.0.0.1"])

    def lookup(host: str, port: int, **hints: Any) -> list[tuple[Any, ...]]:
        return ask({"rebinding.example": [next(answers)]})(host, port, **hints)

    client = Client(lookup)
    target = f"http://rebinding.example:{victim.port}/"
    # What was checked is what is connected to: nothing is looked up in between, nor for a while after.
    assert client.post(target, target) == [200, 200]
    assert "127.0.0.1" in refusal_at_connect(client, target)
    assert client.connected == ["127.0.0.2", "127.0.0.2"]
    assert len(list(answers)) == 1


class _Redirect(http.server.BaseHTTPRequestHandler):
    location = ""

    def do_POST(self) -> None:
        self.send_response(307)
        self.send_header("Location", self.location)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def redirecting(victim: Victim) -> Iterator[str]:
    """The address of a server that sends everyone on to the victim."""
    handler = type("ToVictim", (_Redirect,), {"location": f"http://127.0.0.1:{victim.port}/secret"})
    server = http.server.ThreadingHTTPServer(("127.0.0.2", 0), handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.2:{server.server_port}/"
    server.shutdown()
    server.server_close()
    thread.join()


def test_a_redirect_is_not_followed_and_would_lead_nowhere(victim: Victim, settings: Any, redirecting: str) -> None:
    settings.CALLBACK_ALLOWED_NETWORKS = ["127.0.0.2/32"]
    assert Client().post(redirecting) == [307]
    assert "127.0.0.1 is not a public address" in refusal_at_connect(Client(), redirecting, follow=True)
    assert victim.connections == 0


def test_no_proxy_is_taken_from_the_environment(victim: Victim, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{victim.port}")
    client = Client()
    with pytest.raises(aiohttp.ClientConnectorError, match="would have left this machine"):
        client.post(f"http://public.example:{victim.port}/")
    assert (client.connected, victim.connections) == ([PUBLIC], 0)


def test_a_proxy_would_be_held_to_the_same_rules(victim: Victim) -> None:
    client = Client(proxy=f"http://127.0.0.1:{victim.port}")
    assert "not a public address" in refusal_at_connect(client, f"http://public.example:{victim.port}/")
    assert victim.connections == 0


@pytest.mark.parametrize(
    ("allow_http", "ports", "target", "words"),
    [
        (False, [443, 80], "http://public.example/", "https"),
        (False, [443, 80], "http://two.example/", "https"),
        (False, [443, 80], f"http://{PUBLIC}/", "https"),
        (False, [443, 8443], "https://public.example:25/", "Port 25"),
        (False, [443, 8443], "https://two.example:25/", "Port 25"),
        (False, [443, 8443], f"https://{PUBLIC}:6379/", "Port 6379"),
        (True, [443, 80], "http://public.example:8080/", "Port 8080"),
    ],
)
def test_scheme_and_port_are_checked_at_registration_and_at_connect(
    settings: Any, allow_http: bool, ports: list[int], target: str, words: str
) -> None:
    settings.CALLBACK_ALLOW_HTTP, settings.CALLBACK_ALLOWED_PORTS = allow_http, ports
    settings.CALLBACK_ALLOWED_NETWORKS = []
    client = Client()
    assert words in refusal_at_registration(target)
    assert words in refusal_at_connect(client, target)
    assert client.connected == []


@pytest.mark.parametrize("target", ["https://public.example", "https://public.example:8443/", f"https://{PUBLIC}/"])
def test_a_public_https_address_is_called(settings: Any, target: str) -> None:
    settings.CALLBACK_ALLOW_HTTP, settings.CALLBACK_ALLOWED_PORTS = False, [443, 8443]
    settings.CALLBACK_ALLOWED_NETWORKS = []
    register(target)
    client = Client()
    with pytest.raises(aiohttp.ClientConnectorError, match="would have left this machine"):
        client.post(target)
    assert client.connected == [PUBLIC]


def test_plain_http_to_a_name_is_refused_at_registration_whatever_networks_are_allowed(settings: Any) -> None:
    settings.CALLBACK_ALLOW_HTTP, settings.CALLBACK_ALLOWED_NETWORKS = False, ["127.0.0.0/8"]
    assert "https" in refusal_at_registration("http://loopback.example/")
    register("http://localhost:9/")
    register("https://loopback.example:9/")


def test_a_name_that_leads_nowhere_is_an_error_and_no_crash(victim: Victim) -> None:
    with pytest.raises(aiohttp.ClientConnectorDNSError):
        Client(ask({"public.example": []})).post(f"http://public.example:{victim.port}/")
    with pytest.raises(aiohttp.ClientConnectorDNSError):
        Client(socket.getaddrinfo).post(f"http://{'a' * 64}.example:{victim.port}/")


addresses = st.integers(0, 2**32 - 1).map(IPv4Address) | st.integers(0, 2**128 - 1).map(IPv6Address)
mapped = st.integers(0, 2**32 - 1).map(lambda number: IPv6Address(0xFFFF_0000_0000 + number))


@given(addresses | mapped)
def test_none_is_public_that_python_knows_to_be_otherwise(address: IPv4Address | IPv6Address) -> None:
    inner = getattr(address, "ipv4_mapped", None) or address
    assert not is_public(address) or (inner.is_global and not inner.is_multicast and not inner.is_reserved)


@pytest.mark.parametrize(
    ("text", "public"),
    [(PUBLIC, True), ("2606:4700::1111", True), ("::ffff:8.8.8.8", True), ("2606:4700::1111%lo", False)],
)
def test_public_addresses_are_known(text: str, public: bool) -> None:
    assert is_public(ip_address(text)) is public


def test_the_settings_are_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(name: str) -> Any:
        return runpy.run_path(fleetremote.settings.__file__)[name]

    monkeypatch.delenv("CALLBACK_ALLOWED_NETWORKS")
    assert (read("CALLBACK_ALLOWED_PORTS"), read("CALLBACK_ALLOWED_NETWORKS")) == ([443, 8443], [])
    monkeypatch.setenv("CALLBACK_ALLOW_HTTP", "1")
    assert set(read("CALLBACK_ALLOWED_PORTS")) == {443, 8443, 80, 8080}
    monkeypatch.setenv("CALLBACK_ALLOWED_PORTS", "443, 9443")
    assert read("CALLBACK_ALLOWED_PORTS") == [443, 9443]
    monkeypatch.setenv("CALLBACK_ALLOWED_NETWORKS", "10.0.0.1/8")
    with pytest.raises(ImproperlyConfigured, match=r"CALLBACK_ALLOWED_NETWORKS: 10\.0\.0\.1/8"):
        read("CALLBACK_ALLOWED_NETWORKS")
