"""Each request has a token, which is got when it is needed, renewed once when it is refused, and shown to nobody."""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from threading import Thread
from typing import Any

import pytest

from gateways.interface import Account, Exchange, GatewayError, NotAccepted, OutcomeUnknown, Refused, Source
from gateways.tokens import MemoryStore
from gateways.v1 import V1Client
from protocol.why import Why
from tests.clouds import tokens, v1
from tests.clouds.conftest import serving
from tests.gateways.conftest import Cloud, running_cloud
from tests.gateways.v1.conftest import Watching, account_at, came, channel_of, client_at, horn, post
from tests.tls.authority import new_authority
from tests.tls.servers import server_context

BASIC = b64encode(b"partner:the%20secret%20of%20it").decode()


def asked_for_a_token(exchange: Exchange) -> bool:
    return exchange.url.endswith(tokens.PATH)


def test_a_token_is_asked_for_once_and_goes_with_each_request(
    cloud: v1.Cloud, client: V1Client, watching: Watching
) -> None:
    watched = watching.watched(client)
    channel = channel_of(watched)
    assert post(watched, cloud, channel)
    assert [vehicle["vin"] for vehicle in watched.vehicles("account")] == list(cloud.book.vehicles.values())
    assert cloud.tokens.count.in_all == 1
    assert [exchange.counts for exchange in watching.over] == [not asked_for_a_token(one) for one in watching.over]
    # No leave for the token's, and nobody judges the API by it.
    assert watching.leaves == len(watching.over) - 1
    assert [one.tells for one in watching.over if not one.counts] == [False]


def test_the_certificate_alone_says_who_we_are(watching: Watching) -> None:
    authority = new_authority()
    ours = authority.client()
    cloud = v1.cloud(0, 1, context=server_context(authority.server(), client_ca=authority.root_pem, optional=True))
    with serving(cloud):
        shown: dict[str, Any] = {"certificate": ours.pem, "private_key": ours.key_pem, "ca_bundle": authority.root_pem}
        found = list(client_at(cloud, client_secret="", **shown).vehicles("account"))
        nobody = watching.watched(client_at(cloud, client_secret="", ca_bundle=authority.root_pem))
        with pytest.raises(Refused, match=r"does not accept our credentials \(HTTP 401: invalid_client") as caught:
            list(nobody.vehicles("account"))
    cloud.tokens.close()
    assert len(found) == 1
    assert (caught.value.source, watching.over[0].source, watching.over[0].tells) == (
        *(Source.CREDENTIALS, Source.CREDENTIALS),
        True,
    )


def test_a_token_that_is_refused_is_renewed_once_and_the_request_goes_once_more(
    cloud: v1.Cloud, client: V1Client, watching: Watching
) -> None:
    channel = channel_of(client)
    cloud.tokens.treat({"revoked": 1})
    assert post(watching.watched(client), cloud, channel)
    assert came(cloud) == ["Lyon 2"]
    assert cloud.tokens.count.in_all == 2
    told = [(one.duration is None, one.counts, one.attempt, one.status, one.tells) for one in watching.told]
    assert told == [
        (True, True, 1, None, True),
        (False, True, 1, 401, False),
        (True, False, 1, None, False),
        (False, False, 1, 200, False),
        (True, True, 2, None, True),
        (False, True, 2, 202, True),
    ]
    # The second is another request to the API.
    assert watching.leaves == 2


def test_one_that_is_refused_again_is_not_sent_a_third_time(
    cloud: v1.Cloud, client: V1Client, watching: Watching
) -> None:
    channel = channel_of(client)
    cloud.tokens.treat({"revoked": -1})
    with pytest.raises(Refused) as caught:
        post(watching.watched(client), cloud, channel)
    assert (caught.value.status, caught.value.source) == (401, Source.CREDENTIALS)
    assert (came(cloud), cloud.tokens.count.in_all) == ([], 2)
    assert [(one.status, one.tells) for one in watching.over if one.counts] == [(401, False), (401, True)]


def test_who_is_in_between_keeps_the_second_one_from_going_too(cloud: v1.Cloud, client: V1Client) -> None:
    """A worker that has lost its lease meanwhile."""

    class Lost(Exception):
        pass

    def observe(exchange: Exchange) -> None:
        if exchange.attempt == 2:
            raise Lost

    channel = channel_of(client)
    cloud.tokens.treat({"revoked": 1})
    with pytest.raises(Lost):
        post(client.observed_by(observe), cloud, channel)
    assert came(cloud) == []


def test_without_leave_nothing_is_asked_not_even_a_token(cloud: v1.Cloud, client: V1Client) -> None:
    told: list[Exchange] = []
    with pytest.raises(NotAccepted, match="not now"):
        list(client.observed_by(told.append, lambda: NotAccepted(Why("not now"))).vehicles("account"))
    assert (told, cloud.tokens.count.in_all) == ([], 0)


ENDS: dict[str, tuple[dict[str, Any], type[GatewayError], str]] = {
    "down": ({"down": True}, NotAccepted, "cloud can't be reached"),
    "slow": ({"answer": "hang"}, NotAccepted, "did not answer in time"),
    "cut": ({"answer": "cut"}, NotAccepted, "was cut"),
    "500": ({"answer": "500"}, NotAccepted, "HTTP 500: “Internal Server Error"),
    "429": ({"answer": "429"}, NotAccepted, "asks us to slow down"),
    "a web page": ({"answer": "a web page"}, NotAccepted, "Please wait"),
    "a token of lines": ({"answer": "a token of lines"}, NotAccepted, "no header can hold"),
    "invalid_client": ({"answer": "invalid_client"}, Refused, "does not accept our credentials"),
    "invalid_scope": ({"answer": "invalid_scope"}, Refused, "does not give us these scopes: channel "),
}


@pytest.mark.parametrize("name", ENDS)
def test_without_a_token_nothing_goes_to_the_api(cloud: v1.Cloud, watching: Watching, name: str) -> None:
    desk, end, said = ENDS[name]
    channel = channel_of(client_at(cloud))
    asked = cloud.tokens.count.in_all
    cloud.tokens.treat(desk)
    client = watching.watched(client_at(cloud, total_timeout=1.0 if name == "slow" else 20.0))
    with pytest.raises(end, match=said):
        post(client, cloud, channel)
    assert (came(cloud), [one.counts for one in watching.over]) == ([], [False])
    assert cloud.tokens.count.in_all == asked + (name != "down")
    # And it works again as soon as there is a token.
    cloud.tokens.treat({})
    assert post(client, cloud, channel)
    assert came(cloud) == ["Lyon 2"]


def test_a_token_of_a_second_is_good_for_what_is_sent_with_it(cloud: v1.Cloud, client: V1Client) -> None:
    cloud.tokens.treat({"life": 1.0})
    channel = channel_of(client)
    for number in range(3):
        post(client, cloud, channel, f"{number}")
    assert came(cloud) == ["0", "1", "2"]
    assert cloud.tokens.count.in_all <= 3


def test_a_token_that_is_over_when_it_comes_is_tried_and_renewed_once(cloud: v1.Cloud, client: V1Client) -> None:
    cloud.tokens.treat({"life": -1.0, "expires_in": 3600})
    with pytest.raises(Refused) as caught:
        list(client.vehicles("account"))
    assert (caught.value.status, cloud.tokens.count.in_all) == (401, 2)


def test_the_time_of_a_request_is_that_of_its_token_too(cloud: v1.Cloud) -> None:
    """What is begun with hardly any time left would be cut, and nobody would know what became of it."""
    client = client_at(cloud, total_timeout=1.6)
    channel = channel_of(client)
    slow = client_at(cloud, total_timeout=1.6)
    cloud.tokens.treat({"seconds": 1.3})
    with pytest.raises(NotAccepted, match="too long to get an access token"):
        post(slow, cloud, channel)
    assert came(cloud) == []
    # The token is there now.
    assert post(slow, cloud, channel)


def test_workers_with_one_store_ask_for_one_token(cloud: v1.Cloud) -> None:
    store = MemoryStore()
    channel = channel_of(client_at(cloud, store))
    cloud.tokens.treat({"revoked": 1, "seconds": 0.1})
    clients = [client_at(cloud, store) for _ in range(6)]
    threads = [Thread(target=post, args=(client, cloud, channel, str(number))) for number, client in enumerate(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came(cloud)) == list("012345")
    assert (cloud.tokens.count.in_all, cloud.tokens.count.at_once) == (2, 1)


def scripted(cloud: Cloud, elsewhere: str = "", **values: Any) -> V1Client:
    """A client of a cloud that answers as a test says, its token endpoint too."""
    token_url = f"{elsewhere or cloud.root}/as/token.oauth2"
    account = Account(
        *("v1", cloud.base_url, "3f1c-client", "", ""), token_url=token_url, client_secret="s3cret of it", **values
    )
    return V1Client(account)


@pytest.fixture
def cloud_as_told() -> Iterator[Cloud]:
    with running_cloud() as cloud:
        yield cloud


@pytest.mark.parametrize("status", [0, 302, 400, 403, 404, 409, 429, 500, 501, 502, 503, 504])
def test_nothing_else_is_sent_twice(cloud_as_told: Cloud, status: int) -> None:
    cloud_as_told.first.append(GRANTED)
    cloud_as_told.status = status
    client = scripted(cloud_as_told)
    with pytest.raises(GatewayError):
        client.send(client.prepare("account", "v1", "c1", horn()))
    paths = [request.target.partition("?")[0].rpartition("/")[2] for request in cloud_as_told.got]
    assert paths == ["token.oauth2", "remotes"]


TOKEN = f"eyJ0eXAi.{'Zm9v' * 400}-_~+/bar=="
_GIVEN = {"access_token": TOKEN, "expires_in": 60, "refresh_token": "r3fresh"}
GRANTED: tuple[int, dict[str, str], bytes] = (200, {}, json.dumps(_GIVEN).encode())
ECHOES: list[Callable[[str], str]] = [
    lambda text: text,
    lambda text: text.replace("/", "\\/"),
    lambda text: "".join(f"\\u{ord(letter):04x}" for letter in text),
]


@pytest.mark.parametrize("status", [202, 400, 500])
@pytest.mark.parametrize("echo", ECHOES)
def test_no_secret_is_told_to_anybody(cloud_as_told: Cloud, status: int, echo: Callable[[str], str]) -> None:
    client = scripted(cloud_as_told)
    secrets = [TOKEN, "s3cret of it", "3f1c-client", "r3fresh", b64encode(b"3f1c-client:s3cret%20of%20it").decode()]
    shown = " ".join(map(echo, secrets[:3] + secrets[4:]))
    body = f'{{"remoteActionId": "a1", "message": "Got {shown}."}}'.encode()
    cloud_as_told.first += [GRANTED, (status, {"X-Got": f"Bearer {TOKEN}"}, body)]
    told: list[Exchange] = []
    words = ""
    try:
        client.send(client.prepare("account", "v1", "c1", horn()))
    except GatewayError as error:
        words = str(error)
    cloud_as_told.first += [GRANTED, (status, {"X-Got": f"Bearer {TOKEN}"}, body)]
    watched = scripted(cloud_as_told).observed_by(told.append)
    with pytest.raises(GatewayError) if status != 202 else nullcontext():
        watched.send(watched.prepare("account", "v1", "c1", horn()))
    kept = repr(told) + words
    assert [secret for secret in secrets if secret in kept or echo(secret) in kept] == []
    assert b"Got *** *** *** ***." in told[-1].response_body
    assert ("Authorization", "***") in told[-1].request_headers
    # What was sent did have it.
    sent = [request.header("Authorization") for request in cloud_as_told.got]
    assert sent[1] == f"Bearer {TOKEN}"


def test_what_an_endpoint_says_of_our_secret_is_told_without_it(cloud_as_told: Cloud) -> None:
    document = {"error": "invalid_client", "error_description": "No such client: 3f1c-client, s3cret of it"}
    cloud_as_told.first.append((401, {}, json.dumps(document).encode()))
    with pytest.raises(Refused, match=r"No such client: \*\*\*, \*\*\*"):
        list(scripted(cloud_as_told).vehicles("account"))


def test_the_token_goes_to_the_api_and_nowhere_else(cloud_as_told: Cloud, elsewhere: Cloud) -> None:
    """Whatever a link or a redirect says; and who gives the token gets the secret, and is asked for nothing else."""
    links = {"next": {"href": f"{elsewhere.root}/connectedcar/v3/accounts/vehicles?pageToken=2"}}
    page = {"_links": links, "total": 2, "_embedded": {"vehicles": [{"id": "v1", "vin": "VR7"}]}}
    last = {"total": 2, "_embedded": {"vehicles": [{"id": "v2", "vin": "VR8"}]}}
    cloud_as_told.first += [(200, {}, json.dumps(page).encode()), (200, {}, json.dumps(last).encode())]
    elsewhere.first.append(GRANTED)
    client = scripted(cloud_as_told, elsewhere.root)
    assert [vehicle["id"] for vehicle in client.vehicles("account")] == ["v1", "v2"]
    assert [request.target for request in elsewhere.got] == ["/as/token.oauth2"]
    basic = f"Basic {b64encode(b'3f1c-client:s3cret%20of%20it').decode()}"
    assert elsewhere.got[0].header("Authorization") == basic
    assert b"client_id" not in elsewhere.got[0].body
    assert {request.header("Authorization") for request in cloud_as_told.got} == {f"Bearer {TOKEN}"}
    cloud_as_told.first.append((307, {"Location": f"{elsewhere.root}/x"}, b""))
    with pytest.raises(OutcomeUnknown):
        client.vehicle_status("account", "v1")
    assert len(elsewhere.got) == 1


def test_an_account_whose_name_is_nowhere_else_has_its_hosts(cloud: v1.Cloud) -> None:
    assert list(client_at(cloud).fleets()) == [{"id": "account", "name": "Nantes"}]
    assert list(client_at(cloud, name="").fleets()) == [{"id": "account", "name": "127.0.0.1"}]
    assert cloud.tokens.count.in_all == 0
    assert BASIC not in repr(account_at(cloud))
