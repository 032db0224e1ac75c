"""The token endpoint, and what becomes of a token: OAuth2 client credentials (RFC 6749, RFC 6750)."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytest_django import DjangoAssertNumQueries, Settings

from fleets.models import ApiClient, ApiToken
from fleets.tasks import prune
from protocol.v1 import scopes
from tests.api.conftest import World
from tests.long_form import examples

from .conftest import BASE, FORM, TOKEN_URL, V1Caller, ask_for_token


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def credentials(world: World) -> dict[str, str]:
    return {"client_id": world.caller.row.client_id, "client_secret": world.caller.secret}


def is_refused(answer: Any, status: int, error: str) -> bool:
    body = answer.json()
    assert (answer.status_code, body["error"]) == (status, error), body
    assert set(body) == {"error", "error_description"}
    assert answer["Cache-Control"] == "no-store"
    assert ApiToken.objects.count() == 0
    return True


def test_the_secret_goes_in_the_form_or_as_basic(ours: World, client: Client, settings: Settings) -> None:
    settings.API_TOKEN_MINUTES = 30
    in_form = ask_for_token(client, **credentials(ours))
    as_basic = ask_for_token(client, basic(ours.caller.row.client_id, ours.caller.secret))
    for answer in (in_form, as_basic):
        told = answer.json()
        assert answer.status_code == 200
        assert (told["token_type"], told["expires_in"]) == ("Bearer", 1800)
        assert told["scope"].split() == list(scopes.ALL)
        assert answer["Cache-Control"] == "no-store"
        assert answer["X-RateLimit-Limit-1"] == "1000000"
        assert client.get(f"{BASE}/accounts/vehicles", headers={"Authorization": f"Bearer {told['access_token']}"})
    # Only a digest is kept.
    kept = ApiToken.objects.values_list("digest", flat=True)
    assert len(kept) == 2
    assert not {in_form.json()["access_token"], as_basic.json()["access_token"]} & set(kept)


@pytest.mark.parametrize("wrong", ["client_id", "client_secret", "nul", "inactive", "nothing", "basic in no utf-8"])
def test_wrong_credentials_are_told_in_the_same_words_whatever_is_wrong(
    ours: World, theirs: World, client: Client, wrong: str
) -> None:
    sent, headers = credentials(ours), {}
    if wrong == "inactive":
        ApiClient.objects.update(active=False)
    elif wrong == "nothing":
        sent = {}
    elif wrong == "basic in no utf-8":
        sent, headers = {}, {"Authorization": "Basic " + base64.b64encode(b"\xff\xfe:\xff").decode()}
    elif wrong == "nul":
        sent["client_id"] = "a\0b"
    else:
        sent[wrong] = "other"
    answer = ask_for_token(client, headers, **sent)
    assert is_refused(answer, 401, "invalid_client")
    assert answer.json()["error_description"] == "Wrong client_id or client_secret, or the client is not active."
    assert answer["WWW-Authenticate"].startswith('Basic realm="FleetRemote", error="invalid_client"')


@pytest.mark.parametrize(
    ("header", "form"),
    [("ours", "theirs"), ("ours", "their id"), ("ours", "our id, wrong secret"), ("nobody", "ours")],
)
def test_two_kinds_of_credentials_must_be_of_one_client(
    ours: World, theirs: World, client: Client, header: str, form: str
) -> None:
    """A token is never given to another than the one whom the form, or the header, names (RFC 6749, 2.3)."""
    us, them = credentials(ours), credentials(theirs)
    forms = {"ours": us, "theirs": them, "their id": {"client_id": them["client_id"]}}
    known = basic(*us.values()) if header == "ours" else basic("nobody", "guessed")
    answer = ask_for_token(client, known, **forms.get(form, {**us, "client_secret": "guessed"}))
    assert is_refused(answer, 400, "invalid_request")
    assert ask_for_token(client, basic(*us.values()), **us).status_code == 200
    assert ask_for_token(client, basic(*us.values()), client_id=us["client_id"]).status_code == 200


def test_a_token_is_in_no_log_whatever_is_logged(ours: World, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    token = ask_for_token(client, **credentials(ours)).json()["access_token"]
    client.get(f"{BASE}/accounts/vehicles", headers={"Authorization": f"Bearer {token}"})
    assert token not in caplog.text
    assert ours.caller.secret not in caplog.text


def test_a_secret_in_the_address_is_not_read(ours: World, client: Client) -> None:
    query = "&".join(f"{name}={value}" for name, value in credentials(ours).items())
    answer = client.post(f"{TOKEN_URL}?{query}", "grant_type=client_credentials", FORM)
    assert is_refused(answer, 401, "invalid_client")


def test_an_unknown_client_costs_the_same_work(
    ours: World, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for client_id in (ours.caller.row.client_id, "nobody"):
        with django_assert_num_queries(1):
            ask_for_token(client, client_id=client_id, client_secret="guessed")


@pytest.mark.parametrize(
    ("body", "content_type", "error"),
    [
        ("grant_type=password", FORM, "unsupported_grant_type"),
        ("", FORM, "invalid_request"),
        ("grant_type=client_credentials&grant_type=client_credentials", FORM, "invalid_request"),
        ("grant_type=client_credentials&scope=%ff", FORM, "invalid_request"),
        ("x=" + "y" * 20_000, FORM, "invalid_request"),
        ("&".join(f"f{number}=x" for number in range(60)), FORM, "invalid_request"),
        ('{"grant_type": "client_credentials"}', "application/json", "invalid_request"),
    ],
    ids=["another grant", "nothing", "twice", "no utf-8", "too long", "too many fields", "json"],
)
def test_what_is_no_request_for_a_token_is_refused(
    db: None, client: Client, body: str, content_type: str, error: str
) -> None:
    assert is_refused(client.post(TOKEN_URL, body, content_type), 400, error)


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "OPTIONS"])
def test_a_token_is_asked_for_by_post_only(db: None, client: Client, method: str) -> None:
    answer = client.generic(method, TOKEN_URL)
    assert is_refused(answer, 405, "invalid_request")
    assert answer["Allow"] == "POST"


def test_what_was_asked_is_granted_in_the_spelling_in_which_it_was_asked(ours: World, client: Client) -> None:
    asked = "channel:write remote:door:write remote:wakeup:write remote:door:write"
    told = ask_for_token(client, **credentials(ours), scope=asked).json()
    assert told["scope"] == "channel:write remote:door:write remote:wakeup:write"


def test_a_scope_that_is_too_wide_is_refused_and_what_may_be_asked_is_named(ours: World, client: Client) -> None:
    ours.caller.row.remote_types = ["Horn"]
    ours.caller.row.save()
    for scope in ("remote:horn:write remote:door:write", "remote:flight:write", 'a"b\\é'):
        answer = ask_for_token(client, **credentials(ours), scope=scope)
        assert is_refused(answer, 400, "invalid_scope")
        words = answer.json()["error_description"]
        assert "remote:horn:write" in words
        assert "remote:lights:write" not in words
    told = ask_for_token(client, **credentials(ours)).json()["scope"].split()
    assert [scope for scope in told if scope.endswith(":write")] == ["channel:write", "remote:horn:write"]
    assert "remote:locking" in told


@settings(max_examples=examples(30), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(scope=st.text(max_size=60), grant=st.sampled_from(["client_credentials", "x", "é", '"', "\\"]))
def test_no_form_breaks_the_endpoint(ours: World, client: Client, scope: str, grant: str) -> None:
    answer = ask_for_token(client, **credentials(ours), scope=scope.encode(errors="ignore").decode(), grant_type=grant)
    assert answer.status_code in (200, 400, 429)


def test_requests_for_tokens_count_in_the_clients_limits(ours: World, client: Client) -> None:
    ours.caller.row.day_limit = 1
    ours.caller.row.save()
    assert ask_for_token(client, **credentials(ours)).status_code == 200
    answer = ask_for_token(client, **credentials(ours))
    assert (answer.status_code, answer.json()["error"]) == (429, "temporarily_unavailable")
    assert int(answer["Retry-After"]) > 0
    assert ApiToken.objects.count() == 1


def test_a_password_that_has_ended_gives_no_token_and_whoever_knows_it_is_told(ours: World, client: Client) -> None:
    ours.caller.row.secrets.update(ends_at=timezone.now())
    answer = ask_for_token(client, **credentials(ours))
    assert is_refused(answer, 401, "invalid_client")
    assert "ended on" in answer.json()["error_description"]
    wrong = ask_for_token(client, **{**credentials(ours), "client_secret": "guessed"})
    assert "ended on" not in wrong.json()["error_description"]


@pytest.mark.parametrize(
    "end", ["inactive", "password ended", "password over", "password removed", "removed", "expired"]
)
def test_a_token_ends_at_once_with_what_it_was_given_for(ours: World, us: V1Caller, end: str) -> None:
    assert us.get("/accounts/vehicles").status_code == 200
    row = us.row
    if end == "expired":
        ApiToken.objects.update(expires_at=timezone.now())
    elif end == "removed":
        row.delete()
    elif end == "inactive":
        ApiClient.objects.update(active=False)
    elif end == "password removed":
        row.secrets.all().delete()
    else:
        row.secrets.update(**{"ended_at" if end == "password ended" else "ends_at": timezone.now()})
    answer = us.get("/accounts/vehicles")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="FleetRemote", error="invalid_token"'
    assert answer.json()["name"] == "UNAUTHORIZED"


def test_what_the_client_may_not_send_any_more_its_token_does_not_either(us: V1Caller, remotes: str) -> None:
    us.row.remote_types = ["Lights"]
    us.row.save()
    answer = us.post(remotes, {"action": {"horn": {"state": "Activated"}}})
    assert (answer.status_code, answer.json()["message"]) == (403, "This client may not send Horn.")


def test_tokens_that_have_ended_are_swept(us: V1Caller) -> None:
    prune()
    assert ApiToken.objects.count() == 1
    ApiToken.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    prune()
    assert ApiToken.objects.count() == 0


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer nonsense", "Bearer " + "x" * 5000, "Basic eDp5", "Bearer é"])
def test_without_a_token_of_ours_it_is_401(us: V1Caller, header: str) -> None:
    answer = us.http.get(f"{BASE}/accounts/vehicles", headers={"Authorization": header})
    assert answer.status_code == 401
    assert set(answer.json()) == {"name", "debug", "message"}
    assert answer["WWW-Authenticate"].startswith("Bearer realm=")


def test_a_client_id_beside_the_token_must_be_its(us: V1Caller, them: V1Caller) -> None:
    assert us.get("/accounts/vehicles", f"?client_id={us.row.client_id}").status_code == 200
    answer = us.get("/accounts/vehicles", f"?client_id={them.row.client_id}")
    assert answer.status_code == 401
    assert answer.json()["message"].startswith("client_id:")


def test_a_token_costs_one_statement(us: V1Caller, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    # The token with its client, the vehicle, nothing else: that its password was used stands there since it was given.
    with django_assert_num_queries(2):
        assert us.get("/accounts/vehicles/0000/capability").status_code == 404
