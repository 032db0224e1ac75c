"""The token endpoint of the small v1 cloud: what it gives, refuses, and counts."""

import ssl
from base64 import b64encode
from contextlib import suppress
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.error import HTTPError, URLError

import pytest

from tests.clouds import tokens, v1
from tests.clouds.conftest import V1, ask_token
from tests.tls.authority import new_authority
from tests.tls.servers import server_context

HORN = "remote:horn:write"


def treat(client: V1, **desk: Any) -> None:
    client.ask("PUT", "/control/tokens", desk)


def count(client: V1) -> Any:
    return client.ask("GET", "/control/tokens")


def test_a_secret_is_taken_in_the_form_and_as_basic_and_nothing_else_is(of_v1: V1) -> None:
    url = of_v1.cloud.tokens.url
    given = ask_token(url, client_id=tokens.CLIENT, scope=f"{HORN} remote:unheard-of")
    assert (given["token_type"], given["scope"], given["expires_in"]) == ("Bearer", HORN, 3600)
    basic = b64encode(f"{tokens.CLIENT}:{tokens.SECRET}".encode()).decode()
    assert ask_token(url, headers={"Authorization": f"Basic {basic}"}, client_secret="")["access_token"]
    for wrong in ({"client_secret": "another"}, {"client_secret": ""}, {"client_id": "who"}):
        with pytest.raises(HTTPError, match="401"):
            ask_token(url, **{"client_id": tokens.CLIENT, **wrong})


def test_a_certificate_is_enough_over_tls(tmp_path: Path) -> None:
    authority = new_authority()
    cloud = v1.cloud(0, 1, context=server_context(authority.server(), client_ca=authority.root_pem, optional=True))
    context = ssl.create_default_context(cadata=authority.root_pem)
    try:
        with pytest.raises(HTTPError, match="401"):
            ask_token(cloud.tokens.url, context, client_id=tokens.CLIENT, client_secret="")
        context = ssl.create_default_context(cadata=authority.root_pem)
        context.load_cert_chain(*authority.client().write(tmp_path, "client"))
        assert ask_token(cloud.tokens.url, context, client_id=tokens.CLIENT, client_secret="")["access_token"]
    finally:
        cloud.tokens.close()
        cloud.server_close()


def test_the_api_wants_a_token_that_is_good_yet_and_has_the_scope(of_v1: V1) -> None:
    of_v1.take_token(scope="channel remote:lights:write")
    assert of_v1.refusal("POST", of_v1.remotes, of_v1.horn("ours"))[0] == 403
    assert of_v1.refusal("GET", of_v1.of_vehicle)[0] == 403
    treat(of_v1, life=0.0)
    of_v1.take_token()
    assert of_v1.refusal("GET", of_v1.channels)[0] == 401
    treat(of_v1, revoked=1)
    of_v1.take_token()
    assert [of_v1.refusal("GET", of_v1.channels)[0] for _ in range(2)] == [401, 401]
    of_v1.take_token()
    of_v1.ask("GET", of_v1.channels)
    treat(of_v1, revoked=-1)
    for _ in range(2):
        of_v1.take_token()
        assert of_v1.refusal("GET", of_v1.channels)[0] == 401


@pytest.mark.parametrize("said", [None, "3600", -5, 10**12, 1.5, "soon"])
def test_what_it_says_of_a_tokens_life_may_be_anything(of_v1: V1, said: Any) -> None:
    treat(of_v1, expires_in=said)
    assert of_v1.take_token().get("expires_in") == said
    of_v1.ask("GET", of_v1.channels)


@pytest.mark.parametrize("answer", [name for name in tokens.REFUSALS if name not in ("hang", "cut")])
def test_what_it_answers_in_place_of_a_token_is_none(of_v1: V1, answer: str) -> None:
    treat(of_v1, answer=answer)
    before = count(of_v1)["granted"]
    given = None
    with suppress(HTTPError, ValueError):
        given = ask_token(of_v1.cloud.tokens.url, client_id=tokens.CLIENT)
    assert not isinstance(given, dict) or not str(given.get("access_token", "")).isalnum()
    assert count(of_v1)["granted"] == before


def test_it_can_be_down_and_up_again_and_counts_what_came_at_once(of_v1: V1) -> None:
    treat(of_v1, down=True)
    with pytest.raises(URLError, match="refused"):
        of_v1.take_token()
    treat(of_v1, seconds=0.1)
    before = count(of_v1)
    asking = [Thread(target=ask_token, args=[of_v1.cloud.tokens.url], kwargs={"client_id": "partner-2"}) for _ in "abc"]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    after = count(of_v1)
    assert (after["in_all"] - before["in_all"], after["at_once"], after["by_client"]["partner-2"]) == (3, 3, 3)
