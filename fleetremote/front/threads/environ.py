"""A request as WSGI has it (PEP 3333), and as Django has it."""

import io
import sys
from typing import Any
from wsgiref.util import FileWrapper

from fleetremote.front.asgi_types import Scope
from fleetremote.wsgi import Utf8Request
from fleets.programs.certificates import SHOWN

Environ = dict[str, Any]

_PIECE = 64 * 1024

_OWN_NAMES = {b"content-length": "CONTENT_LENGTH", b"content-type": "CONTENT_TYPE"}


def environ_of(scope: Scope, body: bytes) -> Environ:
    """All but the body comes from `scope`."""
    host, port = scope.get("server") or ("localhost", 80)
    client, client_port = scope.get("client") or ("", 0)
    return {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        # "Bytes as text", as the standard wants it.
        "PATH_INFO": scope["path"].encode("utf-8", "replace").decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope.get('http_version', '1.1')}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port or 0),
        "REMOTE_ADDR": client,
        "REMOTE_PORT": str(client_port),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.file_wrapper": _pieces,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        SHOWN: scope.get(SHOWN, ""),
        **_headers(scope),
        # What came in pieces without a length is whole by now.
        **({"CONTENT_LENGTH": str(len(body))} if body else {}),
    }


def _pieces(file: Any, _size: int) -> FileWrapper:
    """A file in pieces of our size: Django's are a tenth of it, and each costs as much work."""
    return FileWrapper(file, _PIECE)


def request_of(scope: Scope) -> Utf8Request:
    """The request without its body."""
    return Utf8Request(environ_of(scope, b""))


def _headers(scope: Scope) -> dict[str, str]:
    """X-A and X_A would be the same here, so the second, which no proxy takes away, is left out."""
    named: dict[str, str] = {}
    for name, value in scope["headers"]:
        if b"_" in name:
            continue
        ours = _OWN_NAMES.get(name) or f"HTTP_{name.decode('latin-1').upper().replace('-', '_')}"
        text = value.decode("latin-1")
        joint = "; " if ours == "HTTP_COOKIE" else ","
        named[ours] = f"{named[ours]}{joint}{text}" if ours in named else text
    return named
