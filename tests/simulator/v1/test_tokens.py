"""The token endpoint of the simulator, and what its tokens open."""

import base64
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from simulator.world import CLIENT_ID, PASSWORD, USER, V1_CLIENT_ID, V1_CLIENT_SECRET
from tests.simulator.driving import Simulator, Webhook, until
from tests.simulator.v1.driving import AWAKE, HORN, UNLOCK, V1, ask_token
from tests.tls.simulated import mutual_tls_simulator

# Nearly each starts a simulator of its own.
pytestmark = pytest.mark.drawn("what the simulator answers", 25, of="tests")


def refused(answer: requests.Response, status: int, error: str) -> None:
    assert (answer.status_code, answer.json()["error"]) == (status, error), answer.text
    assert answer.json()["error_description"]


def test_a_secret_proves_who_asks_in_the_form_or_as_basic(quick: Simulator) -> None:
    answer = ask_token(quick, "channel data:vehicle")
    assert answer.headers["Cache-Control"] == "no-store"
    given = answer.json()
    assert (given["token_type"], given["expires_in"], given["scope"]) == ("Bearer", 900, "channel data:vehicle")
    url, form = f"{quick.url}/as/token.oauth2", {"grant_type": "client_credentials"}
    assert requests.post(url, data=form, auth=(V1_CLIENT_ID, V1_CLIENT_SECRET), timeout=5).status_code == 200
    refused(requests.post(url, data=form, auth=(V1_CLIENT_ID, "wrong"), timeout=5), 401, "invalid_client")
    twice = {**form, "client_secret": V1_CLIENT_SECRET}
    refused(requests.post(url, data=twice, auth=(V1_CLIENT_ID, V1_CLIENT_SECRET), timeout=5), 400, "invalid_request")
    junk = {"Authorization": f"Basic {base64.b64encode(bytes([255])).decode()}"}
    refused(requests.post(url, data=form, headers=junk, timeout=5), 401, "invalid_client")


@pytest.mark.parametrize(
    ("form", "status", "error"),
    [
        ({"client_secret": ""}, 401, "invalid_client"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "stranger"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": "channel remote:teleport:write"}, 400, "invalid_scope"),
        ({"scope": "channel remote:stolen:write"}, 400, "invalid_scope"),
    ],
)
def test_who_gets_no_token(quick: Simulator, form: dict[str, str], status: int, error: str) -> None:
    refused(ask_token(quick, **form), status, error)


def test_behind_mutual_tls_the_certificate_is_enough(tmp_path: Path) -> None:
    with mutual_tls_simulator(tmp_path) as cloud:
        account = V1(cloud.simulator)
        answer = ask_token(cloud.simulator, client_secret="")
        account.token = answer.json()["access_token"]
        assert account.get("/accounts/vehicles")["total"] == 30
        refused(ask_token(cloud.simulator, client_secret="wrong"), 401, "invalid_client")


def test_the_account_grants_what_it_has(start_simulator: Callable[..., Simulator]) -> None:
    simulator = start_simulator("--scopes", "data:vehicle remote:horn:write", "--token-seconds", "1")
    assert ask_token(simulator, "data:vehicle channel").json()["scope"] == "data:vehicle"
    given = ask_token(simulator).json()
    assert (given["scope"], given["expires_in"]) == ("data:vehicle remote:horn:write", 1)


def test_a_token_ends_and_can_be_revoked(simulator: Simulator) -> None:
    account = V1(simulator)
    assert simulator.call("DELETE", "/simulator/tokens").json() == {"revoked": 1}
    answer = account.call("GET", "/accounts/vehicles")
    assert (answer.status_code, answer.json()["name"]) == (401, "UNAUTHORIZED")
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert simulator.call("PUT", "/simulator/tokens", {"seconds": 0}).status_code == 400
    assert simulator.call("PUT", "/simulator/tokens", {"seconds": 1}).json() == {"seconds": 1}
    short = V1(simulator)
    assert short.call("GET", "/accounts/vehicles").status_code == 200
    until(lambda: short.call("GET", "/accounts/vehicles").status_code == 401, "the token ends", 10)


def test_no_token_is_given_while_that_fault_is_on(simulator: Simulator) -> None:
    assert simulator.call("PUT", "/simulator/faults", {"no_token": 1}).status_code == 200
    assert ask_token(simulator).status_code == 503


def test_a_token_lives_on_over_a_restart_and_limits_do_not_count_it(start_simulator: Callable[..., Simulator]) -> None:
    simulator = start_simulator("--burst-limit", "2", "--day-limit", "4")
    account = V1(simulator)
    for _ in range(3):
        V1(simulator)
    assert simulator.get("/simulator/limits")["taken"] == 0
    simulator.kill()
    simulator.start()
    answer = account.call("GET", "/accounts/vehicles")
    assert (answer.status_code, answer.headers["X-RateLimit-Remaining-1"]) == (200, "3")
    answers = [account.call("GET", "/accounts/vehicles") for _ in range(5)]
    limited = next(answer for answer in answers if answer.status_code == 429)
    assert limited.json()["name"] == "TOO_MANY_REQUESTS"
    assert int(limited.headers["Retry-After"]) >= 1


def test_each_api_wants_its_own_credentials(quick: Simulator) -> None:
    url = f"{quick.url}/api/connectedcar/v1/accounts/vehicles"
    account = V1(quick)
    assert requests.get(url, auth=(USER, PASSWORD), params={"client_id": CLIENT_ID}, timeout=5).status_code == 401
    bearer = {"Authorization": f"Bearer {account.token}"}
    assert requests.get(url, headers=bearer, timeout=5).status_code == 401
    fleets = f"{quick.url}/connectedcar/v3/fleets"
    assert requests.get(fleets, headers=bearer, params={"client_id": V1_CLIENT_ID}, timeout=5).status_code == 401
    assert account.call("GET", "/nowhere").status_code == 404


def test_scopes_are_enforced(quick: Simulator, webhook: Webhook) -> None:
    whole = V1(quick)
    channel = whole.subscribe(webhook.url)
    path = whole.remotes(AWAKE, channel)
    sent = whole.send(AWAKE, channel, UNLOCK)
    only_horn = V1(quick, "remote:horn:write data:telemetry:privacy")
    assert "remote:door:write or remote:locking:write" in only_horn.refused(403, "POST", path, UNLOCK)
    only_horn.refused(403, "GET", "/accounts/vehicles")
    only_horn.refused(403, "GET", "/accounts/channels")
    only_horn.refused(403, "GET", sent.path)
    honk = only_horn.send(AWAKE, channel, HORN)
    # No scope is published for this one.
    tan = only_horn.send(AWAKE, channel, {"action": {"tan": {"confirm": {"state": False}}}})
    listed = only_horn.get(path)["_embedded"]["remoteActions"]
    assert [item["remoteActionId"] for item in listed] == [tan.id, honk.id]
    telemetry = only_horn.get(f"/accounts/vehicles/{AWAKE.id}/telemetries/latest")
    assert ("privacy" in telemetry, "vehicle" in telemetry) == (True, False)
    reader = V1(quick, "channel remote")
    assert reader.get(path)["total"] == 3
    reader.refused(403, "POST", path, HORN)
    reader.refused(403, "POST", "/accounts/channels", {})
    whole.call("DELETE", f"/accounts/channels/{channel}")
