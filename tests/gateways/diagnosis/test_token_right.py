"""A connection that signs in with tokens and works, and what is to be known of it."""

from typing import Any

import pytest

from gateways.diagnosis import NAMES, steps
from gateways.interface import Account
from tests.gateways.diagnosis.cases import OURS, ROOT, SERVER, day, with_ours
from tests.gateways.diagnosis.wrong_answers import told
from tests.gateways.diagnosis.wrong_tokens import GIVEN, PATH, TOKEN, account, signing_in, vehicles
from tests.tls.authority import NOW
from tests.tls.servers import server_context, serving


def look_at(account: Account) -> dict[str, tuple[bool | None, str]]:
    found = steps(account, allow_http=True, now=NOW)
    return {step.name: (step.ok, str(step.why)) for step in found}


def test_all_is_well_with_a_certificate_alone_and_an_api_at_a_host_of_its_own() -> None:
    wanting = server_context(SERVER, client_ca=ROOT.root_pem)
    with serving(signing_in(GIVEN), wanting) as tokens, serving(vehicles(3), server_context(SERVER)) as api:
        base, url = f"{api.root}/api/connectedcar/v1", f"{tokens.root}{PATH}"
        found = look_at(account(base, url, client_secret="", **with_ours(OURS)))
        asked = [head.decode().split("\r\n") for head in tokens.asked + api.asked]
    assert list(found) == list(NAMES)
    assert {name: ok for name, (ok, _) in found.items()} == {name: name != "limits" or None for name in NAMES}
    assert found["address"][1] == f"{base} can be used, and so can the token URL {url}."
    assert found["tcp"][1] == f"Connected to 127.0.0.1, port {tokens.port}."
    assert found["client-certificate"][1] == f"The cloud takes our certificate: CN=fleetremote, valid until {day(365)}."
    assert (
        found["credentials"][1] == "A token is given that holds for 300 seconds, with all scopes that were asked for."
    )
    assert found["fleets"][1] == "The account is taken for a fleet. 3 vehicles are listed."
    # One token for all of it, and it goes to the API alone.
    assert [lines[0].partition("?")[0] for lines in asked] == [
        f"POST {PATH} HTTP/1.1",
        "GET /api/connectedcar/v1/accounts/vehicles",
    ]
    assert [f"Authorization: Bearer {TOKEN}" in lines for lines in asked] == [False, True]


@pytest.mark.parametrize(
    ("document", "ok", "words"),
    [
        (
            {"scope": "channel:write"},
            None,
            "A token is given that holds for 300 seconds, but without these scopes: remote:horn:write. What needs "
            "them is not sent. Ask the manufacturer to grant them, or leave them out.",
        ),
        (
            {"scope": "channel:write remote:Horn:write other"},
            True,
            "A token is given that holds for 300 seconds, with all scopes that were asked for.",
        ),
    ],
)
def test_scopes_that_are_not_granted_are_named_and_stop_nothing(document: Any, ok: bool | None, words: str) -> None:
    with serving(signing_in(told(200, access_token=TOKEN, expires_in=300, **document))) as server:
        found = look_at(account(f"{server.root}/v1", f"{server.root}{PATH}"))
    assert found["credentials"] == (ok, words)
    assert found["fleets"][0] is True


@pytest.mark.parametrize(
    ("number", "ok", "words"),
    [
        (0, None, "No vehicle is listed. Ask the manufacturer to put vehicles into this account."),
        (1, True, "The account is taken for a fleet. 1 vehicle is listed."),
    ],
)
def test_few_vehicles_are_told(number: int, ok: bool | None, words: str) -> None:
    with serving(signing_in(GIVEN, vehicles(number))) as server:
        assert look_at(account(f"{server.root}/v1", f"{server.root}{PATH}"))["fleets"] == (ok, words)
