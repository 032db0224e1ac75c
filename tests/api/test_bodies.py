"""Bodies that no client means to send: refused with words, never a server error."""

import base64

import pytest
from werkzeug.test import EnvironBuilder, run_wsgi_app

from fleetremote.wsgi import application

from .conftest import BASE, World, one_connection

HOOK = b'{"callback": {"webhook": {"target": "https://example.com", "name": "hook"%s}}%s}'


def post(world: World, body: bytes, content_type: str = "application/json"):
    caller = world.caller
    basic = base64.b64encode(f"{caller.row.username}:{caller.secret}".encode()).decode()
    return caller.http.generic(
        "POST",
        f"{BASE}/fleets/{world.fleet.public_id}/remote/callbacks?client_id={caller.row.client_id}",
        body,
        content_type=content_type,
        headers={"Authorization": f"Basic {basic}"},
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b'"\xd0"',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" * 900 + b"]" * 900,
        HOOK % (b"", b', "future": ' + b"[" * 60 + b"]" * 60),
        HOOK % (b"", b', "future": NaN'),
        HOOK % (b"", b', "future": 1e999'),
        HOOK % (b"", b', "future": -1e999'),
        HOOK % (b"", b', "future": "\\u0000"'),
        HOOK % (b"", b', "future": "\\ud800"'),
        HOOK % (b"", b', "\\udfff": 1'),
        HOOK % (b', "name": "\\u0000"', b""),
        HOOK % (b"", b', "future": ' + b"9" * 5000),
        HOOK % (b"", b', "future": 1, "future": 2'),
        HOOK % (b', "name": "other"', b""),
        HOOK % (b"", b', "future": [' + b"{}," * 20_000 + b"{}]"),
        HOOK % (b"", b', "future": {' + b'"a":"",' * 20_000 + b'"b":""}'),
        b"[" + b"{}," * 300_000 + b"{}]",
    ],
    ids=lambda body: f"{body[:12]!r}+{len(body)}",
)
def test_a_body_that_cannot_be_kept_is_400(ours: World, body: bytes) -> None:
    answer = post(ours, body)
    assert answer.status_code == 400, answer.content
    assert answer.json()["message"]


@pytest.mark.parametrize("charset", ["utf-16", "nonsense", "idna"])
def test_json_is_utf_8_whatever_the_charset_says(ours: World, charset: str) -> None:
    answer = post(ours, HOOK % (b"", ', "label": "ö"'.encode()), f"application/json; charset={charset}")
    assert answer.status_code in (200, 400), answer.content


@pytest.mark.parametrize("charset", ["hex", "rot13", "base64", "punycode", "undefined"])
def test_no_charset_breaks_the_server(db: None, charset: str) -> None:
    environ = EnvironBuilder(f"{BASE}/fleets?client_id=a", content_type=f"application/json;charset={charset}")
    with one_connection():
        _, status, _ = run_wsgi_app(application, environ.get_environ())
    assert status.startswith("401")


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x"]
)
def test_another_media_type_is_415(ours: World, content_type: str) -> None:
    assert post(ours, b"{}", content_type).json()["code"] == 41599
