"""Every error below /api/connectedcar leaves in v1's shape, also those that no view tells."""

import psycopg
import pytest
from django.db import OperationalError

from tests.api.conftest import World

from .conftest import LOCK, V1Caller


def is_error(answer: object, status: int, name: str) -> bool:
    body = answer.json()  # type: ignore[attr-defined]
    assert (answer.status_code, body["name"]) == (status, name), body  # type: ignore[attr-defined]
    assert set(body) == {"name", "debug", "message"}
    assert body["debug"].startswith("ERROR_")
    return True


def test_an_address_that_does_not_exist_is_404(us: V1Caller) -> None:
    assert is_error(us.get("/nothing/here"), 404, "NOT_FOUND")
    assert is_error(us.get("/accounts/vehicles/0000"), 404, "NOT_FOUND")


def test_what_no_view_gets_to_see_is_400(ours: World, us: V1Caller) -> None:
    us.http.raise_request_exception = False
    many = "?" + "&".join(f"a{number}=1" for number in range(1001))
    assert is_error(us.get("/accounts/vehicles", many), 400, "BAD_REQUEST")
    us.headers = {"Host": "elsewhere.example.com"}
    assert is_error(us.get("/accounts/vehicles"), 400, "BAD_REQUEST")
    answer = us.http.post("/as/token.oauth2", headers=us.headers)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    ours.caller.headers = us.headers
    assert (answer := ours.caller.get("/fleets")).status_code == 400
    assert "Host" in answer.json()["message"]


def test_a_wrong_method_media_type_and_accept_header_are_told(us: V1Caller, remotes: str) -> None:
    assert is_error(us.request("DELETE", "/accounts/vehicles"), 405, "METHOD_NOT_ALLOWED")
    us.headers = {"Accept": "text/html"}
    assert is_error(us.get("/accounts/vehicles"), 406, "NOT_ACCEPTABLE")
    us.headers = {"Content-Type": "text/plain"}
    answer = us.http.post(
        f"/api/connectedcar/v1{remotes}", "x", "text/plain", headers={"Authorization": f"Bearer {us.token}"}
    )
    assert is_error(answer, 415, "UNSUPPORTED_MEDIA_TYPE")


def test_limits_are_told_and_kept(us: V1Caller) -> None:
    us.row.day_limit = 2
    us.row.save()
    # The token was the first.
    assert us.get("/accounts/vehicles")["X-RateLimit-Remaining-1"] == "0"
    answer = us.get("/accounts/vehicles")
    assert is_error(answer, 429, "TOO_MANY_REQUESTS")
    assert int(answer["Retry-After"]) > 0


def test_a_fault_of_ours_is_500(us: V1Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.v1.vehicles.render_vehicle", lambda *_: 1 / 0)
    us.http.raise_request_exception = False
    assert is_error(us.get("/accounts/vehicles"), 500, "INTERNAL_SERVER_ERROR")


@pytest.mark.parametrize("place", ["api.v1.vehicles.find_vehicle", "api.oauth.server.count_request"])
def test_a_database_that_is_away_is_503(ours: World, us: V1Caller, monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    def cut(*_: object) -> None:
        raise OperationalError("the connection is lost") from psycopg.OperationalError("the connection is lost")

    monkeypatch.setattr(place, cut)
    us.http.raise_request_exception = False
    if "oauth" in place:
        form = {"grant_type": "client_credentials", "client_id": us.row.client_id, "client_secret": us.secret}
        body = "&".join(f"{name}={value}" for name, value in form.items())
        answer = us.http.post("/as/token.oauth2", body, "application/x-www-form-urlencoded")
        assert (answer.status_code, answer.json()["error"]) == (503, "temporarily_unavailable")
    else:
        answer = us.get(f"/accounts/vehicles/{ours.vehicle.public_id}")
        assert is_error(answer, 503, "SERVICE_UNAVAILABLE")
    assert answer["Retry-After"] == "5"


def test_the_two_dialects_tell_the_same_error_each_in_its_own_shape(ours: World, us: V1Caller, remotes: str) -> None:
    ours.vehicle.capabilities = ["Horn"]
    ours.vehicle.save()
    hook = {"callback": {"webhook": {"target": "https://example.com", "name": "hook"}}}
    fleet = f"/fleets/{ours.fleet.public_id}"
    callback = ours.caller.post(f"{fleet}/remote/callbacks", hook).json()["callbackId"]
    path = f"{fleet}/vehicles/{ours.vehicle.public_id}/callbacks/{callback}/remotes"
    in_v3 = ours.caller.post(path, {"door": {"state": "Locked"}})
    in_v1 = us.post(remotes, LOCK)
    assert (in_v3.status_code, in_v3.json()["code"]) == (400, 40003)
    assert is_error(in_v1, 501, "REMOTE_NOT_SUPPORTED")
    assert in_v3.json()["message"] == in_v1.json()["message"]
