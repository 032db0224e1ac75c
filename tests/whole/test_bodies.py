"""Large bodies, over HTTP: they are taken of those who show who they are, and of nobody else."""

import re
from typing import Any

import requests
from django.template.defaultfilters import filesizeformat

from fleetremote.front.limits import ANYBODY, PERSON
from tests.running import Running
from tests.whole.test_live import login

LARGE = 5 * ANYBODY


def post_labels(running: Running, session: requests.Session, size: int, **more: Any) -> requests.Response:
    url = f"{running.demo['web']['url']}/fleets/{running.fleet['id']}/labels"
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', session.get(url, timeout=20).text)
    assert token is not None
    file = "VIN;Label\n" + "#" * size
    form = {"csrfmiddlewaretoken": token.group(1)}
    return session.post(url, form, files={"file": ("labels.csv", file)}, timeout=20, allow_redirects=False, **more)


def test_a_file_of_somebody_who_is_logged_in(running: Running) -> None:
    answer = post_labels(running, login(running), LARGE)
    assert answer.status_code == 303
    assert f"/fleets/{running.fleet['id']}/labels/" in answer.headers["Location"]


def test_a_file_that_is_too_large_even_for_them(running: Running) -> None:
    answer = post_labels(running, login(running), PERSON)
    assert answer.status_code == 413
    assert f"At most {filesizeformat(PERSON)} are taken here" in answer.text


def test_a_file_of_a_stranger(running: Running) -> None:
    url = f"{running.demo['web']['url']}/fleets/{running.fleet['id']}/labels"
    for cookies in ({}, {"sessionid": "abcdefghijklmnopqrstuvwxyz012345"}):
        answer = requests.post(url, data=b"a" * LARGE, cookies=cookies, timeout=20, allow_redirects=False)
        assert answer.status_code == 413
        assert "Only people who are logged in may send this much" in answer.text
    # As ever, below that: the form's own defence answers.
    assert requests.post(url, data=b"a" * 100, timeout=20).status_code == 403


def test_the_api_takes_more_of_its_clients(running: Running) -> None:
    api, path = running.demo["api"], f"/fleets/{running.fleet['id']}/remote/callbacks"

    def post(size: int, password: str) -> requests.Response:
        body, ways = b'{"a": "' + b"a" * size + b'"}', {"client_id": api["client_id"]}
        json = {"Content-Type": "application/json"}
        return requests.post(
            api["v3"] + path, body, params=ways, auth=(api["user"], password), headers=json, timeout=20
        )

    known = post(LARGE, api["password"])
    assert (known.status_code, known.json()["code"]) == (400, 40001)
    wrong = post(LARGE, "wrong")
    assert (wrong.status_code, wrong.json()["code"]) == (401, 40199)
    assert wrong.headers["WWW-Authenticate"].startswith("Basic")
    large = post(2_000_000, api["password"])
    assert (large.status_code, large.json()["code"]) == (413, 41399)


def test_v1_answers_in_its_own_shape(running: Running) -> None:
    url = f"{running.demo['web']['url']}/api/connectedcar/v1/user/vehicles"
    answer = requests.post(url, b"a" * LARGE, headers={"Authorization": "Bearer wrong"}, timeout=20)
    assert (answer.status_code, answer.json()["name"]) == (401, "UNAUTHORIZED")


def test_a_head_that_is_too_long(running: Running) -> None:
    answer = requests.get(f"{running.demo['web']['url']}/login", headers={"X-A": "a" * 20_000}, timeout=20)
    assert answer.status_code == 431
