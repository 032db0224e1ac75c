"""Whose request it is: what a trusted proxy says, and nothing that anybody else says."""

from typing import Any

import pytest
from django.test import override_settings
from hypothesis import given
from hypothesis import strategies as st

from fleetremote.front.addresses import who_counts, with_client_address

PROXIES = ["10.0.0.0/8", "fd00::/8"]


def scope(peer: str, *forwarded: str) -> dict[str, Any]:
    headers = [(b"x-forwarded-for", text.encode("latin-1")) for text in forwarded]
    return {"type": "http", "path": "/", "client": (peer, 1234), "headers": headers}


def address(*given: str) -> str:
    return with_client_address(scope(*given))["client"][0]


@pytest.mark.parametrize(
    ("given", "is_of"),
    [
        (("10.0.0.1", "203.0.113.9"), "203.0.113.9"),
        (("10.0.0.1",), "10.0.0.1"),
        # Whoever asks may write what they like before what the proxy adds.
        (("10.0.0.1", "1.1.1.1, 203.0.113.9"), "203.0.113.9"),
        (("10.0.0.1", "1.1.1.1", "203.0.113.9"), "203.0.113.9"),
        (("10.0.0.1", "10.9.9.9, 203.0.113.9, 10.0.0.2"), "203.0.113.9"),
        (("10.0.0.1", "10.0.0.3, 10.0.0.2"), "10.0.0.3"),
        (("203.0.113.9", "1.1.1.1"), "203.0.113.9"),
        (("10.0.0.1", "unknown"), "10.0.0.1"),
        (("10.0.0.1", "1.1.1.1, nonsense, 10.0.0.2"), "10.0.0.2"),
        (("10.0.0.1", ""), "10.0.0.1"),
        (("10.0.0.1", "203.0.113.9:4711"), "203.0.113.9"),
        (("fd00::1", "[2001:db8::1]:4711"), "2001:db8::1"),
        (("fd00::1", "2001:db8::1"), "2001:db8::1"),
        (("::ffff:10.0.0.1", "203.0.113.9"), "203.0.113.9"),
        (("10.0.0.1", "::ffff:203.0.113.9"), "203.0.113.9"),
        (("10.0.0.1", "\x00"), "10.0.0.1"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_the_last_address_that_no_trusted_proxy_has(settings: Any, given: tuple[str, ...], is_of: str) -> None:
    settings.TRUSTED_PROXIES = PROXIES
    assert address(*given) == is_of


def test_without_trusted_proxies_nobody_says_who_they_are(settings: Any) -> None:
    settings.TRUSTED_PROXIES = []
    assert address("10.0.0.1", "203.0.113.9") == "10.0.0.1"


@given(st.lists(st.text(st.characters(max_codepoint=255)), max_size=4))
def test_whatever_stands_there_the_outermost_proxy_is_the_most_that_can_be_feigned(texts: list[str]) -> None:
    """What a stranger writes stands before what the proxy adds."""
    with override_settings(TRUSTED_PROXIES=PROXIES):
        assert address("10.0.0.1", *texts, "203.0.113.9") == "203.0.113.9"
        assert with_client_address(scope("10.0.0.1", *texts))["client"][0]


@pytest.mark.parametrize(
    ("peer", "counts_as"),
    [
        ("203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("fe80::1%eth0", "fe80::/64"),
    ],
)
def test_who_has_one_line_is_one(peer: str, counts_as: str) -> None:
    assert who_counts(scope(peer)) == counts_as


def test_a_connection_without_an_address_is_nobodys() -> None:
    """As over a socket in the file system."""
    assert who_counts({"type": "http", "path": "/", "headers": []}) == ""
    assert who_counts({"type": "http", "path": "/", "client": None, "headers": []}) == ""
