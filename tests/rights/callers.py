"""Who asks: people and API clients with every kind of right to one fleet, and with none."""

import base64
import json
from http.cookies import SimpleCookie
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from callbacks.models import Channel
from fleets import api_tokens
from fleets.models import ApiClient, Fleet
from protocol.v1 import scopes
from tests.api.conftest import SUBSCRIBE
from tests.api.v1.conftest import BASE, CHANNEL, LOCK
from tests.world import make_person, make_vehicle

from .members import MEMBERS

# What nearly every address of the API can read; pages get an empty form.
BODY = json.dumps({**SUBSCRIBE, **CHANNEL, **LOCK, "status": "Paused"})


class Caller:
    """Asks as one person or client; each time as if it were the first."""

    def __init__(
        self, *, person: User | None = None, client: tuple[ApiClient, str] | None = None, **options: Any
    ) -> None:
        self._http = Client(raise_request_exception=False, **options)
        self._headers: dict[str, str] = {}
        self._bearer: dict[str, str] = {}
        self._query = ""
        if person is not None:
            self._http.force_login(person)
        if client is not None:
            row, secret = client
            basic = base64.b64encode(f"{row.username}:{secret}".encode()).decode()
            self._headers = {"Authorization": f"Basic {basic}"}
            self._query = f"client_id={row.client_id}"
            token = api_tokens.new_token()
            api_tokens.issue(row.secrets.get(), token, scopes.ALL)
            self._bearer = {"Authorization": f"Bearer {token}"}
        self._cookies = {name: morsel.value for name, morsel in self._http.cookies.items()}

    def ask(self, method: str, url: str) -> Any:
        self._http.cookies = SimpleCookie(self._cookies)
        glue = "&" if "?" in url else "?"
        url = f"{url}{glue}{self._query}" if self._query else url
        headers = self._bearer if url.startswith(BASE) else self._headers
        if headers and method in ("POST", "PUT"):
            return self._http.generic(method, url, BODY, "application/json", headers=headers)
        return self._http.generic(method, url, content_type="application/x-www-form-urlencoded", headers=headers)

    def ask_with(self, method: str, url: str, body: bytes, kind: str, headers: dict[str, str]) -> Any:
        """The same with what nobody means to send; `headers` take the place of those that say who asks."""
        self._http.cookies = SimpleCookie({} if "Cookie" in headers else self._cookies)
        glue = "&" if "?" in url else "?"
        url = f"{url}{glue}{self._query}" if self._query else url
        shown = self._bearer if url.startswith(BASE) else self._headers
        return self._http.generic(method, url, body, kind, headers={**shown, **headers})


def callers_of(fleet: Fleet, other: Fleet) -> dict[str, Caller]:
    """Each by the name that the table has for them."""
    it = fleet.vehicles.get()
    another = make_vehicle(fleet)
    people = {
        **{name: member.make(name, fleet, it, another) for name, member in MEMBERS.items()},
        "stranger": make_person("stranger", other),
        "locked out": make_person("locked out", fleet, is_active=False),
    }
    return {
        "nobody": Caller(),
        **{name: Caller(person=person) for name, person in people.items()},
        "client": Caller(client=_client("client", fleet)),
        "other client": Caller(client=_client("other client", other)),
        "ended client": Caller(client=_client("ended client", fleet, active=False)),
    }


def _client(name: str, fleet: Fleet, **values: Any) -> tuple[ApiClient, str]:
    """The client, and its secret."""
    row = ApiClient(client_id=name.replace(" ", "-"), name=name, username=name, **values)
    secret = row.new_secret()
    row.fleets.add(fleet)
    # The first one's are those that are there.
    Channel.objects.filter(created_by=None, members__fleet=fleet).update(created_by=row)
    fleet.callbacks.filter(created_by=None).update(created_by=row)
    return row, secret
