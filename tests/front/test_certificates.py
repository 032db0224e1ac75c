"""Which client certificate was shown: what a trusted proxy says, and nothing that anybody else says."""

import base64
import hashlib
import re
from itertools import count
from typing import Any
from urllib.parse import quote

import pytest
from asgiref.sync import async_to_sync
from hypothesis import given
from hypothesis import strategies as st

from fleetremote.asgi import application
from fleetremote.front.certificates import with_client_certificate
from fleetremote.front.threads.environ import environ_of
from fleets.programs.certificates import LONGEST, SHOWN, fingerprint_of
from tests.tls.authority import new_authority

PEM = new_authority("Root").client(until=9).pem
DER = base64.b64decode("".join(PEM.splitlines()[1:-1]))
PRINT = hashlib.sha256(DER).hexdigest()
COLONS = ":".join(PRINT[at : at + 2] for at in range(0, 64, 2))


@pytest.mark.parametrize(
    "text",
    [
        PRINT,
        PRINT.upper(),
        COLONS,
        COLONS.upper(),
        f"SHA256 Fingerprint={COLONS.upper()}",
        f"sha256:{PRINT}",
        f":{base64.b64encode(DER).decode()}:",
        PEM,
        quote(PEM),
        PEM.replace("\n", "\r\n"),
        f"  {PRINT}\n",
        PEM + new_authority("Root").pem,
    ],
    # Each worker makes certificates of its own, whose text is no name for a story.
    ids=count(),
)
def test_each_form_in_which_proxies_and_people_write_it_is_the_same(text: str) -> None:
    assert fingerprint_of(text) == PRINT


@pytest.mark.parametrize(
    "text",
    [
        "",
        ":",
        "::",
        ":é:",
        ":AAAA:",
        base64.b64encode(DER).decode(),
        PRINT[:-1],
        PRINT + "0",
        "g" * 64,
        # SHA-1, as nginx has it.
        "a" * 40,
        f"{PRINT},{PRINT}",
        f":{base64.b64encode(DER).decode()}:,:{base64.b64encode(DER).decode()}:",
        "-----BEGIN CERTIFICATE-----\nnonsense\n-----END CERTIFICATE-----",
        f"{PEM},{PEM}",
        f"{PEM}, {PRINT}",
        f"x {PEM}",
        " " * LONGEST + "x",
    ],
    # Each worker makes certificates of its own, whose text is no name for a story.
    ids=count(),
)
def test_what_is_none_is_none(text: str) -> None:
    assert fingerprint_of(text) == ""


@given(st.text(max_size=200))
def test_no_text_breaks_it(text: str) -> None:
    assert re.fullmatch("(?:[0-9a-f]{64})?", fingerprint_of(text))


def scope(peer: str, *values: str, name: str = "client-cert") -> dict[str, Any]:
    headers = [(name.encode(), value.encode("latin-1")) for value in values]
    return {
        **{"type": "http", "method": "GET", "path": "/", "query_string": b"", "client": (peer, 1)},
        "headers": headers,
    }


def shown(given: dict[str, Any]) -> str:
    """What Django's request has of it."""
    return str(environ_of(with_client_certificate(given), b"")[SHOWN])


@pytest.fixture(autouse=True)
def _proxies(settings: Any) -> None:
    settings.TRUSTED_PROXIES = ["10.0.0.0/8"]
    settings.CLIENT_CERTIFICATE_HEADER = "Client-Cert"


def test_a_trusted_proxy_is_believed_and_nobody_else(settings: Any) -> None:
    assert shown(scope("10.0.0.1", PRINT)) == PRINT
    assert shown(scope("10.0.0.1", PRINT, name="Client-Cert")) == PRINT
    assert shown(scope("203.0.113.9", PRINT)) == ""
    # Through a proxy, whose address is another's by then: the connection counts.
    assert shown({**scope("10.0.0.1", PRINT), "client": None}) == ""
    settings.TRUSTED_PROXIES = []
    assert shown(scope("10.0.0.1", PRINT)) == ""


def test_without_the_setting_no_header_counts(settings: Any) -> None:
    settings.CLIENT_CERTIFICATE_HEADER = ""
    assert shown(scope("10.0.0.1", PRINT)) == ""


@pytest.mark.parametrize("values", [(PRINT, PRINT), (PRINT, "b" * 64), ()])
def test_where_the_header_is_there_twice_or_not_at_all_none_was_shown(values: tuple[str, ...]) -> None:
    """One of two may be the asker's own, which the proxy has left in place."""
    assert shown(scope("10.0.0.1", *values)) == ""


def test_another_spelling_is_another_header() -> None:
    assert shown(scope("10.0.0.1", PRINT, name="client_cert")) == ""


def test_what_is_in_the_scope_already_is_not_kept() -> None:
    assert shown({**scope("203.0.113.9"), SHOWN: PRINT}) == ""


def test_the_web_server_says_it_of_the_connection_and_not_of_the_address_that_the_proxy_names(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both come out of one scope: the first before the second, which puts the asker's address in the proxy's place."""
    seen: list[dict[str, Any]] = []

    async def served(scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen.append(scope)

    async def nothing(*_: Any) -> Any:
        return None

    monkeypatch.setattr("fleetremote.asgi._slowed", served)
    for peer in ("10.0.0.1", "203.0.113.9"):
        given = scope(peer, PRINT)
        given["headers"].append((b"x-forwarded-for", b"198.51.100.7"))
        async_to_sync(application)(given, nothing, nothing)
    assert [(told[SHOWN], told["client"][0]) for told in seen] == [(PRINT, "198.51.100.7"), ("", "203.0.113.9")]
