"""The limit: a bare WSGI application that keeps each body with one INSERT, a connection a thread."""

import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import psycopg

TABLE = "CREATE TABLE bench_row (id bigserial PRIMARY KEY, received_at timestamptz DEFAULT now(), body bytea)"
INSERT = "INSERT INTO bench_row (body) VALUES (%b)"

_here = threading.local()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    _connection().execute(INSERT, (body,), prepare=True)
    start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", "2")])
    return [b"{}"]


def _connection() -> psycopg.Connection[Any]:
    if not hasattr(_here, "connection"):
        _here.connection = psycopg.connect(os.environ["DATABASE_URL"], autocommit=True)
    connection: psycopg.Connection[Any] = _here.connection
    return connection
