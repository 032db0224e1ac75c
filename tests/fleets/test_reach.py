"""Whether a gateway can reach our webhook, by the addresses alone."""

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from fleets.models import Gateway
from fleets.reach import gateways_that_cannot_call_back, unreachable_from

CLOUD = "https://api.example.com/connectedcar/v3"
INNER = "http://10.1.2.3:8001/connectedcar/v3"
BESIDE = "http://simulator:8001/connectedcar/v3"
OWN = "http://127.0.0.1:9000/connectedcar/v3"


@pytest.mark.parametrize(
    ("public_url", "reached_from"),
    [
        ("https://fleet.example.com", {CLOUD, INNER, BESIDE, OWN}),
        ("https://8.8.8.8", {CLOUD, INNER, BESIDE, OWN}),
        ("https://[2606:4700::1111]:8443", {CLOUD, INNER, BESIDE, OWN}),
        ("http://web:8000", {INNER, BESIDE, OWN}),
        ("http://fleet.internal", {INNER, BESIDE, OWN}),
        ("http://FLEET.LOCAL.", {INNER, BESIDE, OWN}),
        ("http://192.168.1.7:8000", {INNER, BESIDE, OWN}),
        ("http://[fd00::7]:8000", {INNER, BESIDE, OWN}),
        ("http://169.254.1.7", {INNER, BESIDE, OWN}),
        ("http://100.64.1.7", {INNER, BESIDE, OWN}),
        ("http://127.0.0.1:8000", {OWN}),
        ("http://127.8.8.8:8000", {OWN}),
        ("http://LocalHost:8000", {OWN}),
        ("http://fleet.localhost", {OWN}),
        ("http://[::1]:8000", {OWN}),
        ("http://[::ffff:127.0.0.1]:8000", {OWN}),
        ("http://0.0.0.0:8000", {OWN}),
    ],
)
def test_who_can_reach_an_address(public_url: str, reached_from: set[str]) -> None:
    assert {url for url in (CLOUD, INNER, BESIDE, OWN) if not unreachable_from(public_url, url)} == reached_from


@pytest.mark.django_db
def test_those_that_cannot_call_back_are_found(settings: Settings) -> None:
    for name, url in {"Cloud": CLOUD, "Own": OWN}.items():
        Gateway.objects.create(name=name, base_url=url)
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    assert [gateway.name for gateway in gateways_that_cannot_call_back()] == ["Cloud"]
    settings.PUBLIC_URL = "https://fleet.example.com"
    assert gateways_that_cannot_call_back() == []


@pytest.mark.django_db
def test_they_are_found_though_the_key_of_their_secrets_is_lost(settings: Settings) -> None:
    Gateway.objects.create(name="Cloud", base_url=CLOUD, password="secret")
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    settings.FIELD_KEYS = [Fernet.generate_key().decode()]
    assert [gateway.name for gateway in gateways_that_cannot_call_back()] == ["Cloud"]
