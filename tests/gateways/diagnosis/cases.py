"""What the rows of the table are made of: an account, what is at its address, and what is told of it."""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from gateways.interface import Account
from tests.tls.authority import NOW, Issued, new_authority
from tests.tls.servers import Answering, answer, server_context, serving

CLIENT_ID, USER, PASSWORD = "3f1c-client", "fleetremote", "correct horse"

ROOT = new_authority("Example CA")
STRANGE = new_authority("Strange CA")
SERVER = ROOT.server()
OURS = ROOT.client("fleetremote")
STRANGER = STRANGE.client("stranger")

FLEETS = json.dumps({"total": 1, "_embedded": {"fleets": [{"id": "f1"}]}})
FINE = answer(200, FLEETS, Content_Type="application/hal+json")


@dataclass(frozen=True)
class Case:
    """`start` runs what is wrong and gives an account for it; the step and the words that are told then.

    `{port}` in the words is the port of the account's address.
    """

    step: str
    words: str
    start: Callable[[], AbstractContextManager[Account]]
    allow_http: bool = True
    now: datetime = NOW


def account(base_url: str, **values: Any) -> Account:
    given = {"connect_timeout": 3.0, "read_timeout": 3.0, "total_timeout": 3.0, **values}
    named = {"client_id": CLIENT_ID, "username": USER, "password": PASSWORD, "ca_bundle": ROOT.root_pem, **given}
    return Account("v3", base_url, **named)


def with_ours(issued: Issued = OURS) -> dict[str, Any]:
    return {"certificate": issued.pem, "private_key": issued.key_pem}


def at(base_url: str, **values: Any) -> Callable[[], AbstractContextManager[Account]]:
    """An account there, where nothing runs for it."""

    @contextmanager
    def start() -> Iterator[Account]:
        yield account(base_url, **values)

    return start


def answered(
    answering: Answering | bytes, path: str = "/connectedcar/v3", is_tls: bool = True, **values: Any
) -> Callable[[], AbstractContextManager[Account]]:
    """A cloud that answers so, behind TLS that is as it should be."""

    @contextmanager
    def start() -> Iterator[Account]:
        context = server_context(SERVER) if is_tls else None
        with serving(answering, context) as server:
            yield account(f"{server.root}{path}", **values)

    return start


def behind(issued: Issued, host: str = "127.0.0.1", **how: Any) -> Callable[..., Any]:
    """A cloud with that certificate; gives a function of the account's values."""

    def of(**values: Any) -> Callable[[], AbstractContextManager[Account]]:
        @contextmanager
        def start() -> Iterator[Account]:
            with serving(FINE, server_context(issued, **how)) as server:
                yield account(f"https://{host}:{server.port}/connectedcar/v3", **values)

        return start

    return of


def day(days: float) -> str:
    """The day so many from now on."""
    return f"{NOW + timedelta(days=days):%Y-%m-%d}"
