"""What WSGI gets of a request."""

from typing import Any

from fleetremote.front.threads.environ import environ_of

SCOPE: dict[str, Any] = {"method": "POST", "path": "/é", "query_string": b"a=%C3%A9", "headers": []}


def environ(*headers: tuple[bytes, bytes], body: bytes = b"") -> dict[str, Any]:
    return environ_of({**SCOPE, "headers": headers, "client": ("192.0.2.1", "4000")}, body)


def test_path_query_and_body() -> None:
    made = environ((b"transfer-encoding", b"chunked"), (b"content-type", b"text/plain"), body=b"12345")
    assert made["PATH_INFO"].encode("latin-1").decode() == "/é"
    assert made["QUERY_STRING"] == "a=%C3%A9"
    assert (made["CONTENT_LENGTH"], made["CONTENT_TYPE"], made["wsgi.input"].read()) == ("5", "text/plain", b"12345")
    assert made["REMOTE_ADDR"] == "192.0.2.1"


def test_a_header_that_would_pass_for_another_is_left_out() -> None:
    made = environ((b"x_forwarded_proto", b"https"), (b"x-forwarded-proto", b"http"))
    assert made["HTTP_X_FORWARDED_PROTO"] == "http"
    assert "HTTP_X_FORWARDED_PROTO" not in environ((b"x_forwarded_proto", b"https"))


def test_headers_that_come_twice() -> None:
    made = environ((b"accept", b"a"), (b"accept", b"b"), (b"cookie", b"c=1"), (b"cookie", b"d=2"))
    assert (made["HTTP_ACCEPT"], made["HTTP_COOKIE"]) == ("a,b", "c=1; d=2")
