"""Every answer of the web server has the headers that keep it where it belongs, whichever way it came."""

import asyncio
from typing import Any

import pytest

from fleetremote.front.headers import on_every_answer
from tests.web_server import ask


async def _answers(scope: dict[str, Any], receive: Any, send: Any) -> None:
    headers = [(b"Cache-Control", b"max-age=60"), (b"content-security-policy", b"default-src 'self'")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"x"})


def told(**headers: str) -> list[tuple[str, str]]:
    """The headers of an answer that says some itself, to a request with these."""
    sent: list[dict[str, Any]] = []

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request"}

    asked = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    asyncio.run(_run(send, receive, asked))
    return [(name.decode().lower(), value.decode()) for name, value in sent[0]["headers"]]


async def _run(send: Any, receive: Any, asked: list[tuple[bytes, bytes]]) -> None:
    await on_every_answer(_answers)({"type": "http", "path": "/", "headers": asked}, receive, send)


@pytest.mark.django_db
def test_the_answer_to_a_notification_has_all_of_them() -> None:
    """No Django middleware sees it; tests/whole/test_headers.py asks all ways of a running server."""
    found = ask("GET", "/webhook/nobody/nothing").headers
    assert found["x-content-type-options"] == "nosniff"
    assert found["cross-origin-resource-policy"] == found["cross-origin-opener-policy"] == "same-origin"
    assert found["referrer-policy"] == "same-origin"
    assert "camera=()" in found["permissions-policy"]
    assert "frame-ancestors 'none'" in found["content-security-policy"]
    assert found["cache-control"] == "no-store"


def test_what_an_answer_says_itself_stays() -> None:
    found = told()
    assert [value for name, value in found if name == "cache-control"] == ["max-age=60"]
    assert [value for name, value in found if name == "content-security-policy"] == ["default-src 'self'"]


def test_who_came_by_https_is_held_to_it_on_every_answer(settings: Any) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_HSTS_SECONDS = 31536000
    assert ("strict-transport-security", "max-age=31536000") in told(x_forwarded_proto="https")
    assert "strict-transport-security" not in dict(told())
    assert "strict-transport-security" not in dict(told(x_forwarded_proto="http"))
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = settings.SECURE_HSTS_PRELOAD = True
    assert dict(told(x_forwarded_proto="https"))["strict-transport-security"] == (
        "max-age=31536000; includeSubDomains; preload"
    )


def test_what_a_stranger_says_of_https_is_not_believed(settings: Any) -> None:
    settings.SECURE_HSTS_SECONDS = 31536000
    settings.SECURE_PROXY_SSL_HEADER = None
    assert "strict-transport-security" not in dict(told(x_forwarded_proto="https"))
