"""Where vehicles are, and were sent to, is shown to who may see that, and to nobody else, at whatever address."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils.html import escape
from pytest_django.plugin import DjangoDbBlocker

from callbacks.models import Batch
from fleets.models import ApiClient, AuditEntry, Fleet, Membership, Vehicle
from fleets.storage.redis import client as redis_client
from remotes.models import RemoteAction, RemoteEvent
from tests.api.v1.conftest import BASE
from tests.drawn import some
from tests.world import make_person

from .callers import Caller, callers_of
from .planted import PLACES, entries_of, pages, plant_places, told, urls_of
from .world import Address, addresses, populated

pytestmark = pytest.mark.django_db

BLIND = ("viewer", "blind manager", "blind auditor")


@dataclass
class Places:
    """A fleet with places in it, their ids, and who looks."""

    fleet: Fleet
    vehicle: Vehicle
    ids: dict[str, Any]
    people: dict[str, Client]
    callers: dict[str, Caller] = field(default_factory=dict)

    def found(self, who: str, url: str, **headers: str) -> list[str]:
        status, text = told(self.people[who], url, **headers)
        assert status < 500, url
        return [place for place in PLACES if place in text or escape(place) in text]


def _logged_in(name: str, fleet: Fleet, role: str, positions: str = "role") -> Client:
    person = make_person(name, fleet, role=role)
    Membership.objects.filter(user=person).update(positions=positions)
    http = Client()
    http.force_login(person)
    return http


@pytest.fixture(scope="module")
def places(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Places]:
    redis_client().flushdb()
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        # No worker runs here.
        patch.setattr("fleetremote.health.reasons", list)
        (fleet, ids), (other, _) = populated("Lyon"), populated("Paris")
        vehicle = Vehicle.objects.get(public_id=ids["vehicle_id"])
        callers = callers_of(fleet, other)
        people = {
            "viewer": _logged_in("looks", fleet, "viewer"),
            "blind manager": _logged_in("sees no places", fleet, "manager", "no"),
            "blind auditor": _logged_in("reads no places", fleet, "auditor", "no"),
            "manager": _logged_in("sees places", fleet, "manager"),
        }
        yield Places(fleet, vehicle, ids | plant_places(fleet, vehicle), people, callers)
        transaction.set_rollback(True)


@pytest.mark.drawn("pages without positions", 40, of="tests")
@pytest.mark.parametrize("address", pages(), ids=lambda address: address.name)
def test_no_page_tells_who_may_not_see_it(address: Address, places: Places) -> None:
    urls = urls_of(address, places.ids)
    fragment = {"HX-Request": "true"}
    blind = sorted(some(f"who may not see {address.name}", BLIND, 1))
    found = {(who, url): places.found(who, url) or places.found(who, url, **fragment) for who in blind for url in urls}
    assert [way for way, words in found.items() if words] == []


def test_no_question_about_what_waits_for_a_second_person_tells_it(places: Places) -> None:
    """Whoever is to approve it may decide without knowing where the vehicle is."""
    ids = places.ids | {"action_id": places.ids["waiting_id"]}
    urls = [url for address in pages() if "action_id" in address.keys for url in urls_of(address, ids)]
    found = {(who, url): places.found(who, url) for who in BLIND for url in urls}
    assert [way for way, words in found.items() if words] == []


def test_who_may_see_it_is_told(places: Places) -> None:
    """Else the walk could find nothing anywhere."""
    by_name = {address.name: address for address in pages()}
    names = ("vehicle", "vehicle-news", "vehicle-record", "action-record", "new-action", "callback-batch")
    for name in names:
        assert places.found("manager", urls_of(by_name[name], places.ids)[0]), name
    assert places.found("manager", reverse("audit-entry", args=[places.fleet.public_id, places.ids["entry_id"]]))


def test_each_entry_of_the_audit_holds_it_back(places: Places) -> None:
    """What was asked for, what was sent and what came back, also where that can't be read."""
    keys = entries_of(places.ids["action_id"])
    assert len(keys) >= 3
    urls = [reverse("audit-entry", args=[places.fleet.public_id, key]) for key in keys]
    assert [places.found("blind auditor", url) for url in urls] == [[]] * len(urls)
    assert all(places.found("manager", url) for url in urls)


def test_the_page_says_why_there_is_no_position(places: Places) -> None:
    url = reverse("vehicle", args=[places.fleet.public_id, places.vehicle.public_id])
    assert "You may not see where it is." in told(places.people["viewer"], url)[1]
    assert 'id="map"' not in told(places.people["viewer"], url)[1]
    assert "You may not see where it is." not in told(places.people["manager"], url)[1]


def test_nobody_is_written_down_as_having_seen_what_was_not_shown(places: Places) -> None:
    url = reverse("vehicle", args=[places.fleet.public_id, places.vehicle.public_id])

    def looks() -> int:
        return AuditEntry.objects.filter(kind=AuditEntry.Kind.LOOKED, vehicle_id=places.vehicle.pk).count()

    with transaction.atomic():
        before = looks()
        told(places.people["viewer"], url)
        assert looks() == before
        transaction.set_rollback(True)


def _api_answers(places: Places) -> dict[str, str]:
    """What a client is told at each address of both APIs that it can read."""
    RemoteAction.objects.filter(public_id=places.ids["action_id"]).update(callback=places.ids["callback"])
    answers = {}
    for address in addresses():
        if address.name.startswith(("v3:", "v1:")) and address.has_name:
            answer = places.callers["client"].ask("GET", address.of(places.ids))
            answers[address.name] = answer.content.decode()
    return answers


def test_no_api_tells_a_client_that_may_not_see_it(places: Places) -> None:
    published = {"rid": places.ids["action_id"], "bid": str(places.ids["batch_id"]), "cbid": places.ids["callback_id"]}
    callback = places.fleet.callbacks.get(public_id=places.ids["callback_id"])
    seen = Places(places.fleet, places.vehicle, places.ids | published | {"callback": callback}, {}, places.callers)
    with transaction.atomic():
        told_all = _api_answers(seen)
        showing = {name for name, text in told_all.items() if any(place in text for place in PLACES)}
        assert showing >= {"v3:vehicle-status", "v1:telemetry", "v3:remote", "v3:remotes", "v3:callback-batch"}, BASE
        ApiClient.objects.update(sees_positions=False)
        told_blind = _api_answers(seen)
        assert {name for name, text in told_blind.items() if any(place in text for place in PLACES)} == set()
        assert "energ" in told_blind["v3:vehicle-status"]
        transaction.set_rollback(True)


def test_the_admin_tells_the_staff_nothing_of_places(places: Places) -> None:
    """Whatever they may look at there, it is of all fleets."""
    with transaction.atomic():
        staff = make_person("staff", is_staff=True)
        staff.user_permissions.set(Permission.objects.filter(codename__startswith="view_"))
        http = Client()
        http.force_login(staff)
        rows: list[Model] = [
            places.vehicle,
            RemoteAction.objects.get(public_id=places.ids["action_id"]),
            RemoteEvent.objects.get(action__public_id=places.ids["action_id"]),
            *AuditEntry.objects.filter(subject=places.ids["action_id"]),
            Batch.objects.get(pk=places.ids["batch_id"]),
        ]
        urls = [reverse(f"admin:{row._meta.app_label}_{row._meta.model_name}_change", args=[row.pk]) for row in rows]
        shown = {url: told(http, url) for url in urls}
        assert {status for status, _ in shown.values()} == {200}
        assert [url for url, (_, text) in shown.items() if any(escape(place) in text for place in PLACES)] == []
        transaction.set_rollback(True)
