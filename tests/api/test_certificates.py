"""An API client that is bound to a certificate: its password alone opens nothing, at no door."""

from typing import Any

import pytest
from django.test import Client

from fleets.models import ApiClient
from fleets.programs.certificates import SHOWN
from tests.api.conftest import World

from .v1.conftest import BASE, V1Caller, ask_for_token

OURS, OTHER = "a1" * 32, "b2" * 32


def showing(fingerprint: str) -> Client:
    """Whose proxy has handed on that certificate."""
    shown: dict[str, Any] = {SHOWN: fingerprint}
    return Client(**shown)


def asked_with(world: World, shown: str) -> dict[str, Any]:
    """The answers of v3, of the token endpoint, and of v1, to a request whose proxy has handed on that certificate."""
    caller = world.caller
    caller.row.certificate_fingerprint = ""
    caller.row.save()
    token = V1Caller(caller.row, caller.secret, Client()).sign_in().token
    ApiClient.objects.update(certificate_fingerprint=OURS)
    caller.http = http = showing(shown)
    return {
        "v3": caller.get("/fleets"),
        "token": ask_for_token(http, client_id=caller.row.client_id, client_secret=caller.secret),
        "v1": http.get(f"{BASE}/accounts/vehicles", headers={"Authorization": f"Bearer {token}"}),
    }


@pytest.mark.parametrize(("shown", "status"), [(OURS, 200), (OTHER, 401), ("", 401)])
def test_each_door_asks_for_the_certificate_also_of_a_token_from_before(ours: World, shown: str, status: int) -> None:
    answers = asked_with(ours, shown)
    assert {door: answer.status_code for door, answer in answers.items()} == dict.fromkeys(answers, status)
    if status == 401:
        words = "another one has come" if shown else "none has come"
        assert all(words in answer.content.decode() for answer in answers.values())
        assert answers["token"].json()["error"] == "invalid_client"


def test_a_header_of_that_name_is_no_proof(ours: World) -> None:
    """What a proxy says is in the request's environment, where no header gets."""
    ApiClient.objects.update(certificate_fingerprint=OURS)
    for name in ("Client-Cert", SHOWN, SHOWN.replace(".", "-")):
        ours.caller.headers = {name: OURS}
        assert ours.caller.get("/fleets").status_code == 401


def test_whoever_does_not_know_the_password_learns_nothing_of_the_binding(ours: World, theirs: World) -> None:
    ApiClient.objects.update(certificate_fingerprint=OURS)
    ours.caller.secret = theirs.caller.secret
    assert "certificate" not in ours.caller.get("/fleets").json()["message"]
    told = ask_for_token(Client(), client_id=ours.caller.row.client_id, client_secret="guessed")
    assert "certificate" not in told.json()["error_description"]


def test_who_is_bound_to_none_may_show_any(ours: World) -> None:
    ours.caller.http = showing(OTHER)
    assert ours.caller.get("/fleets").status_code == 200
