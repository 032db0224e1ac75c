"""Every address of the project, asked with what nobody means to send: never a fault of ours, whoever asks.

A few of each address are drawn in each run by FLEETREMOTE_TEST_SEED, many with FLEETREMOTE_TEST_LONG=1.
"""

import random
import re
from dataclasses import dataclass, field
from functools import cache
from urllib.parse import urlencode

import pytest
from django.db import transaction
from django.forms import BaseForm

from tests.drawn import SEED
from tests.long_form import LONG

from .callers import BODY
from .conftest import Rights
from .nasty import BODIES, CALLERS, FORM, HEADERS, KINDS, MORE_METHODS, NAMES, PIECES, VALUES
from .table import QUERIES
from .world import Address, addresses

pytestmark = pytest.mark.django_db

ALL = list(addresses())


@dataclass(frozen=True)
class Case:
    """One request, and what is wrong with it."""

    caller: str
    method: str
    url: str
    body: bytes = b""
    kind: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        about = f"{self.caller}: {self.method} {self.url[:200]} {self.kind!r} {self.body[:80]!r}"
        return f"{about} { {name: value[:60] for name, value in self.headers.items()} }"


@cache
def names() -> tuple[str, ...]:
    """Of fields of all forms of ours, and of what is read besides."""
    found, waiting = {*NAMES}, [BaseForm]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        found |= set(getattr(kind, "base_fields", ()))
    return tuple(sorted(found))


class Draw:
    """Makes up requests of one address, the same for a seed."""

    def __init__(self, seed: str, url: str, fields: tuple[str, ...]) -> None:
        self._random = random.Random(seed)
        self._url = url
        self._fields = fields or names()

    def case(self) -> Case:
        made = self._random.choice(
            [self._path, self._method, self._query, self._query, self._form, self._body, self._header]
        )
        return made(self._random.choice(CALLERS))

    def _path(self, caller: str) -> Case:
        """One part of it is nasty, or something is added."""
        path, _, query = self._url.partition("?")
        parts = path.split("/")
        parts[self._random.randrange(1, len(parts))] = self._random.choice(PIECES)
        added = ("/", "//x", "%00", "/live", "/%00/live", "?%00=%00&" + "a&" * 3000, "?a=%FF")
        nasty = self._random.choice(["/".join(parts), path + self._random.choice(added), path.upper()])
        return Case(caller, self._random.choice(("GET", "POST")), nasty + (f"?{query}" if query else ""))

    def _method(self, caller: str) -> Case:
        return Case(caller, self._random.choice(MORE_METHODS), self._url)

    def _query(self, caller: str) -> Case:
        glue = "&" if "?" in self._url else "?"
        return Case(caller, self._random.choice(("GET", "GET", "POST")), self._url + glue + self._filled(3))

    def _form(self, caller: str) -> Case:
        form = self._filled(self._random.choice((1, 3, len(self._fields))))
        return Case(caller, "POST", self._url, form.encode(), FORM)

    def _body(self, caller: str) -> Case:
        choice = self._random.choice
        return Case(caller, choice(("POST", "PUT", "PATCH", "GET")), self._url, choice(BODIES), choice(KINDS))

    def _header(self, caller: str) -> Case:
        name = self._random.choice(list(HEADERS))
        headers = {name: self._random.choice(HEADERS[name])}
        return Case(caller, self._random.choice(("GET", "POST")), self._url, BODY.encode(), headers=headers)

    def _filled(self, number: int) -> str:
        """So many fields, most of them those of the page's own forms."""
        known = self._random.sample(self._fields, min(number, len(self._fields)))
        chosen = [*known, *self._random.sample(names(), 2)]
        value = self._random.choice(VALUES)
        pairs = [(name, value if self._random.random() < 0.7 else self._random.choice(VALUES)) for name in chosen]
        return urlencode([(name, value.encode("utf-8", "surrogatepass")) for name, value in pairs])


def fields_of(rights: Rights, url: str) -> tuple[str, ...]:
    """The fields of the page's forms, which are the most that it can stumble over."""
    page = rights.callers["root" if url.startswith("/admin") else "manager"].ask("GET", url)
    text = "" if page.streaming else page.content.decode(errors="replace")
    return tuple(dict.fromkeys(re.findall(r'\bname="([\w-]+)"', text)))


def told(rights: Rights, case: Case) -> tuple[int, str]:
    """The status, and what was raised where it is a fault of ours."""
    with transaction.atomic():
        answer = rights.callers[case.caller].ask_with(case.method, case.url, case.body, case.kind, case.headers)
        raised = repr(answer.exc_info[1]) if getattr(answer, "exc_info", None) else ""
        transaction.set_rollback(True)
    return answer.status_code, raised


def walk(rights: Rights, name: str, url: str, number: int) -> None:
    draw = Draw(f"{SEED} {name}", url, fields_of(rights, url))
    answers = {str(case): told(rights, case) for case in (draw.case() for _ in range(number))}
    # 501 is published: what this API has, and FleetRemote does not offer.
    assert {case: answer for case, answer in answers.items() if answer[0] >= 500 and answer[0] != 501} == {}, SEED


OURS = [address for address in ALL if not address.name.startswith("admin:")]
ADMINS = [address for address in ALL if address.name.startswith("admin:") and address.has_name]


@pytest.mark.drawn("nasty to pages", 40, of="tests")
@pytest.mark.parametrize("address", OURS, ids=lambda address: address.name)
def test_no_address_of_ours_fails(address: Address, rights: Rights) -> None:
    walk(rights, address.name, address.of(rights.lyon) + QUERIES.get(address.name, ""), 300 if LONG else 2)


@pytest.mark.drawn("nasty to the admin", 10, of="tests")
@pytest.mark.parametrize("address", ADMINS, ids=lambda address: address.name)
def test_no_address_of_the_admin_fails(address: Address, rights: Rights) -> None:
    ids = dict.fromkeys(address.keys, "1") | {"app_label": "fleets"}
    walk(rights, address.name, address.of(ids), 60 if LONG else 2)


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_whatever_is_chosen_as_a_member_does_not_fail(value: str, method: str, rights: Rights) -> None:
    """Nobody adds one there; the admin would look up what is chosen before anything is checked."""
    form = urlencode([(name, value.encode("utf-8", "surrogatepass")) for name in ("user", "fleet", "role")])
    url = "/admin/fleets/membership/add/"
    case = Case("root", "POST", url, form.encode(), FORM) if method == "POST" else Case("root", "GET", f"{url}?{form}")
    assert told(rights, case)[0] in (400, 403)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
def test_whatever_vehicle_is_chosen_does_not_fail(value: str, rights: Rights) -> None:
    paths = {address.name: address.of(rights.lyon) for address in OURS}
    chosen = urlencode({"vehicle": value.encode("utf-8", "surrogatepass")})
    assert told(rights, Case("root", "POST", paths["run-connection"], chosen.encode(), FORM))[0] in (302, 303, 400)
    for name in ("new-schedule", "new-saved-command"):
        url = f"{paths[name]}{QUERIES.get(name) or '?'}&{chosen}"
        assert told(rights, Case("manager", "GET", url))[0] in (200, 400), name
    for name in ("new-bulk", "new-saved-command"):
        url = paths[name] + QUERIES.get(name, "")
        assert told(rights, Case("manager", "POST", url, chosen.encode(), FORM))[0] in (200, 303, 400, 422), name


def test_what_is_nowhere_does_not_fail(rights: Rights) -> None:
    walk(rights, "nowhere", "/nowhere", 300 if LONG else 10)
    walk(rights, "no file", "/static/nowhere.js", 300 if LONG else 10)
