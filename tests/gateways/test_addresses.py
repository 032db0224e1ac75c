"""Which addresses a gateway and its proxy may have."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.addresses import check_base_url, check_proxy_url, is_forbidden
from gateways.interface import NotAccepted
from tests.broken_urls import BROKEN

from .conftest import Cloud, client_of

FINE = [
    "https://api.example.com/connectedcar/v3",
    "https://api.example.com/connectedcar/v3/",
    "https://api.example.com:8443/a-b_c.d~e/v3",
    "https://api.example.com",
    "https://api.example.com./v3",
    "https://127.0.0.1:8443/connectedcar/v3",
    "https://10.1.2.3/v3",
    "https://[2001:db8::1]/v3",
    "https://[::1]:8443/v3",
    "https://localhost/v3",
    "HTTPS://xn--bcher-kva.example/v3",
]
FORBIDDEN = "is reserved for the network itself, so that no manufacturer's cloud is there."
HOST = "The host in the address can't be used"
UNREADABLE = "The address can't be read."
WRONG = {
    "": "There is no address.",
    "https://api.example.com/" + "x" * 500: "The address is too long: 500 characters at the most.",
    "api.example.com/connectedcar/v3": UNREADABLE,
    "https:///v3": UNREADABLE,
    "https://[::1/v3": UNREADABLE,
    "https://api.example.com/v3 ": UNREADABLE,
    "https://api.example.com\\@evil.example/v3": UNREADABLE,
    "https://api.example.com/\nv3": UNREADABLE,
    "https://büro.example/v3": UNREADABLE,
    "https://１６９.254.169.254/": UNREADABLE,
    "http://api.example.com/v3": "The address must begin with https://",
    "ftp://api.example.com/v3": "The address must begin with https://",
    "https://us:secret@api.example.com/v3": "The address must hold no user name and no password.",
    "https://@api.example.com/v3": "The address must hold no user name and no password.",
    "https://api.example.com/v3?client_id=x": "The address must end before “?”",
    "https://api.example.com/v3?": "The address must end before “?”",
    "https://api.example.com/v3#x": "The address must end before “#”",
    "https://api.example.com/a/../v3": "The path of the address can't be used: /a/../v3.",
    "https://api.example.com//v3": "The path of the address can't be used: //v3.",
    "https://api.example.com/%2e%2e/v3": "The path of the address can't be used: /%2e%2e/v3.",
    "https://api.example.com:0/v3": "The port in the address can't be used.",
    "https://api.example.com:99999/v3": "The port in the address can't be used.",
    "https://api.example.com:x/v3": "The port in the address can't be used.",
    "https://-x.example/v3": HOST,
    "https://a..example/v3": HOST,
    "https://api%2eexample.com/v3": HOST,
    "https://2852039166/": HOST,
    "https://0xA9FEA9FE/": HOST,
    "https://0251.0376.0251.0376/": HOST,
    "https://169.254.43518/": HOST,
    "https://0x7f.1/": HOST,
    "https://169.254.169.254/latest": f"169.254.169.254 {FORBIDDEN}",
    "https://169.254.169.254./latest": f"169.254.169.254 {FORBIDDEN}",
    "https://[fe80::1]/": f"fe80::1 {FORBIDDEN}",
    "https://[::ffff:169.254.169.254]/": f"::ffff:169.254.169.254 {FORBIDDEN}",
    "https://[::ffff:a9fe:a9fe]/": f"::ffff:a9fe:a9fe {FORBIDDEN}",
    "https://[64:ff9b::a9fe:a9fe]/": f"64:ff9b::a9fe:a9fe {FORBIDDEN}",
    "https://[2002:a9fe:a9fe::1]/": f"2002:a9fe:a9fe::1 {FORBIDDEN}",
    "https://[fd00:ec2::254]/": f"fd00:ec2::254 {FORBIDDEN}",
    "https://100.100.100.200/": f"100.100.100.200 {FORBIDDEN}",
    "https://0.0.0.0/": f"0.0.0.0 {FORBIDDEN}",
    "https://[::]/": f":: {FORBIDDEN}",
    "https://224.0.0.1/": f"224.0.0.1 {FORBIDDEN}",
    "https://255.255.255.255/": f"255.255.255.255 {FORBIDDEN}",
    "https://metadata.google.internal/": f"metadata.google.internal {FORBIDDEN}",
    "https://METADATA.google.internal./": f"metadata.google.internal {FORBIDDEN}",
}


@pytest.mark.parametrize("url", FINE)
def test_what_can_be_an_address_is_taken(url: str) -> None:
    assert check_base_url(url, allow_http=False) is None


def test_http_is_taken_only_where_it_is_allowed() -> None:
    assert check_base_url("http://127.0.0.1:8100/connectedcar/v3", allow_http=True) is None
    assert str(check_base_url("http://169.254.1.1/", allow_http=True)).startswith("169.254.1.1 is")


@pytest.mark.parametrize("url", WRONG)
def test_what_can_not_be_one_is_told_in_words(url: str) -> None:
    assert str(check_base_url(url, allow_http=False)).startswith(WRONG[url])


@pytest.mark.parametrize("url", BROKEN)
def test_what_no_program_can_read_is_told_too(url: str) -> None:
    assert check_base_url(url, allow_http=True)
    assert str(check_proxy_url(url)).startswith("The proxy can't be used")


@pytest.mark.parametrize(
    "url", ["http://proxy.example:3128", "https://us:se%40cret@10.0.0.1:3128/", "http://[2001:db8::1]:80"]
)
def test_a_proxy_may_have_a_password_and_be_in_a_private_network(url: str) -> None:
    assert check_proxy_url(url) is None


@pytest.mark.parametrize(
    "url",
    [
        "socks5://proxy.example",
        "proxy.example:3128",
        "http://p/x",
        "http://p?x",
        "http://169.254.169.254",
        "http://p:x",
    ],
)
def test_other_proxies_are_refused_in_words(url: str) -> None:
    assert str(check_proxy_url(url)).startswith("The proxy can't be used")


@given(st.integers(0, 2**32 - 1))
def test_an_address_in_whatever_form_of_ipv6_is_as_forbidden_as_it_is_itself(number: int) -> None:
    plain = socket.inet_ntoa(number.to_bytes(4, "big"))
    for form in (f"::ffff:{plain}", f"64:ff9b::{plain}"):
        assert is_forbidden(form) == is_forbidden(plain)


@given(st.text(max_size=30))
def test_whatever_stands_there_is_judged(text: str) -> None:
    for url in (text, f"https://{text}", f"https://{text}/v3", f"https://h/{text}"):
        for found in (check_base_url(url, allow_http=True), check_proxy_url(url)):
            assert found is None or str(found)


def test_a_name_that_leads_to_a_forbidden_address_gets_no_request(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may lead somewhere else now than when it was entered."""
    monkeypatch.setattr("gateways.bounded.is_forbidden", lambda address: address == "127.0.0.1")
    with pytest.raises(NotAccepted):
        client_of(cloud.base_url).vehicle_status("f1", "v1")
    assert cloud.got == []
