"""Every address of the project, asked in every way by everybody: who is not let in is told so and changes nothing."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction

from tests.drawn import some

from .callers import Caller
from .conftest import Rights, rows_written
from .table import ADMIN, ADMIN_OPEN, CLIENTS, LET_IN, METHODS, QUERIES, TABLE
from .world import Address, addresses

# Each is within the world that they share, which needs the database to be there.
pytestmark = pytest.mark.django_db

# That somebody was here, and a password was used, is written down whatever they have asked for.
USES = ("console_visit", "fleets_apisecret")

ALL = list(addresses())
OURS = [address for address in ALL if not address.name.startswith("admin:")]
ADDRESSES = {address.name: address for address in OURS}
# Those without a name lead to one with a name, or nowhere.
ADMINS = [address for address in ALL if address.name.startswith("admin:") and address.has_name]


def url_of(name: str, ids: dict[str, Any]) -> str:
    return ADDRESSES[name].of(ids) + QUERIES.get(name, "")


def test_each_address_is_in_the_table_and_each_line_of_it_is_an_address() -> None:
    assert sorted(address.name for address in OURS) == sorted(TABLE)


def askers(name: str, method: str, rights: Rights) -> list[str]:
    """A manager and five who are drawn, in the long form everybody; where the address has no such method, one."""
    has_method = method in TABLE[name].methods.split()
    drawn = some(f"{method} {name}", rights.callers, 5 if has_method else 1)
    return sorted(drawn | {"manager"} if has_method else drawn)


@pytest.mark.drawn("doors", 60, of="tests")
@pytest.mark.parametrize("name", TABLE)
def test_everybody_in_every_way(name: str, rights: Rights) -> None:
    kind, url = TABLE[name], url_of(name, rights.lyon)
    asked = [(caller, method) for method in METHODS for caller in askers(name, method, rights)]
    refused = [way for way in asked if kind.expected(*way) != LET_IN]
    before = rows_written(*USES)
    told = {way: rights.ask(*way, url) for way in refused}
    assert rows_written(*USES) == before, "something that was refused has changed something"
    told |= {way: rights.try_out(*way, url) for way in asked if way not in refused}
    assert told == {way: kind.expected(*way) for way in asked}


INNER = [name for name in TABLE if {"fleet_id", "fid", "chid"} & set(ADDRESSES[name].keys)]
INNER = [name for name in INNER if len(ADDRESSES[name].keys) > 1]


@pytest.mark.drawn("doors of another fleet", 40, of="tests")
@pytest.mark.parametrize("name", INNER)
def test_what_is_of_another_fleet_does_not_open_under_ones_own(name: str, rights: Rights) -> None:
    """Each id of the address in turn is another fleet's."""
    kind = TABLE[name]
    caller = "other client" if kind.known == CLIENTS else "stranger"
    mixed = {key: ADDRESSES[name].with_one_of(rights.paris, rights.lyon, key) for key in ADDRESSES[name].keys}
    before = rows_written(*USES)
    told = {
        (key, method): rights.ask(caller, method, url_of(name, ids))
        for key, ids in mixed.items()
        for method in kind.methods.split()
    }
    assert told == dict.fromkeys(told, 404)
    assert rows_written(*USES) == before


FORMS = [name for name in TABLE if "POST" in TABLE[name].methods and not name.startswith(("v3:", "v1:"))]
# What posts here shows a secret, or changes nothing.
WITHOUT_TOKEN = {"webhook", "^connectedcar/", "^api/connectedcar/", "token"}


def test_no_form_of_another_site_is_taken(rights: Rights) -> None:
    """Nobody's browser can be made to post: Django wants its token wherever a cookie says who asks."""
    strict = Caller(person=User.objects.get(username="manager"), enforce_csrf_checks=True)
    told = {name: strict.ask("POST", url_of(name, rights.lyon)).status_code for name in FORMS}
    assert {name for name, status in told.items() if status != 403} == WITHOUT_TOKEN


@pytest.mark.drawn("doors of the admin", 60, of="tests")
@pytest.mark.parametrize("address", ADMINS, ids=lambda address: address.name)
def test_the_admin_is_for_the_staff(address: Address, rights: Rights) -> None:
    url = address.of(dict.fromkeys(address.keys, "1") | {"app_label": "fleets"})
    before = rows_written(*USES)
    if address.name not in ADMIN_OPEN:
        asked = [(caller, method) for caller in ("nobody", "manager", "locked out") for method in ("GET", "POST")]
        assert {way: rights.ask(*way, url) for way in asked} == {way: ADMIN.expected(*way) for way in asked}
    assert rights.try_out("root", "GET", url) in (LET_IN, 403, 404, 405)
    assert rows_written(*USES) == before


def test_what_is_written_is_noticed(rights: Rights) -> None:
    """Else none of these tests could fail for it."""
    before = rows_written(*USES)
    with transaction.atomic():
        User.objects.filter(username="viewer").update(first_name="Viktor")
        transaction.set_rollback(True)
    assert rows_written(*USES) == before + 1
    rights.try_out("manager", "POST", ADDRESSES["pause-callback"].of(rights.lyon))
    assert rows_written(*USES) > before + 1
