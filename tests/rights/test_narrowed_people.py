"""Whoever sees some vehicles of a fleet only learns nothing of the others, at whatever address."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import transaction
from django.test import Client
from django.urls import reverse
from pytest_django.plugin import DjangoDbBlocker

from alerts.choices import people_to_tell
from fleets.models import Fleet, Membership, Vehicle
from fleets.narrowing import narrow
from fleets.storage.redis import client as redis_client
from remotes.models import Alert, BulkCommand, BulkItem, RemoteAction
from tests.campaigns.bulk_world import make_bulk
from tests.world import make_action, make_person, make_vehicle

from .planted import pages, strange_vehicle, told, told_of, urls_of
from .world import Address, populated

pytestmark = pytest.mark.django_db


@dataclass
class Sight:
    """Who is narrowed to one vehicle of a fleet, and the ids of that vehicle and of a strange one."""

    fleet: Fleet
    own: Vehicle
    strange: Vehicle
    http: Client
    of_own: dict[str, Any]
    of_strange: dict[str, Any]

    def leaks(self, url: str, **headers: str) -> list[str]:
        """What the answer says of the strange vehicle, beside the address itself."""
        status, text = told(self.http, url, **headers)
        assert status < 500, url
        text = text.replace(url, "").replace(url.replace("&", "&amp;"), "")
        return [word for word in told_of(self.strange) if word in text]


def _narrowed(fleet: Fleet, vehicle: Vehicle) -> User:
    person = make_person("garage", fleet, role="operator", email="garage@example.com")
    narrow(Membership.objects.get(user=person), vehicles=[vehicle.pk])
    return person


@pytest.fixture(scope="module")
def sight(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Sight]:
    redis_client().flushdb()
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        # No worker runs here.
        patch.setattr("fleetremote.health.reasons", list)
        fleet, ids = populated("Lyon")
        strange = strange_vehicle(fleet)
        own = make_vehicle(fleet, "Pool car", plate="OW-123-NN")
        person = _narrowed(fleet, own)
        http = Client()
        http.force_login(person)
        # Once they saw both.
        bulk = make_bulk(fleet, person)
        of_own = {"vehicle_id": own.public_id, "action_id": make_action(own, "honk", user=person).public_id}
        theirs = RemoteAction.objects.filter(vehicle=strange).latest("pk").public_id
        of_strange = {"vehicle_id": strange.public_id, "action_id": theirs}
        shared = ids | {"bulk_id": bulk.public_id}
        yield Sight(fleet, own, strange, http, shared | of_own, shared | of_strange)
        transaction.set_rollback(True)


@pytest.mark.drawn("pages for the narrowed", 40, of="tests")
@pytest.mark.parametrize("address", pages(), ids=lambda address: address.name)
def test_no_page_names_another_vehicle(address: Address, sight: Sight) -> None:
    """The whole page, and the part of it that a script asks for."""
    urls = [*urls_of(address, sight.of_own), *urls_of(address, sight.of_strange)]
    leaks = {url: sight.leaks(url) or sight.leaks(url, **{"HX-Request": "true"}) for url in dict.fromkeys(urls)}
    assert [url for url, words in leaks.items() if words] == []


def test_what_is_of_another_vehicle_is_not_there(sight: Sight) -> None:
    of_vehicles = [address for address in pages() if "vehicle_id" in address.keys]
    assert len(of_vehicles) > 10
    answers = {
        (address.name, method): sight.http.generic(method, url).status_code
        for address in of_vehicles
        for url in urls_of(address, sight.of_strange)[:1]
        for method in ("GET", "POST")
    }
    assert {way: status for way, status in answers.items() if status not in (404, 405)} == {}


def test_their_own_is_there(sight: Sight) -> None:
    """Else the walk could find nothing anywhere."""
    place = [sight.fleet.public_id]
    for name in ("vehicles", "vehicle-table"):
        assert sight.own.vin in told(sight.http, reverse(name, args=place))[1]
    status, page = told(sight.http, reverse("fleets"))
    assert status == 200
    assert "<dd>1</dd>" in page
    page_of_own = reverse("vehicle", args=[*place, sight.own.public_id])
    assert told(sight.http, page_of_own)[0] == 200


@pytest.mark.parametrize("words", ["Strange", "ST-123", "VF3"])
def test_a_search_finds_their_own_only(words: str, sight: Sight) -> None:
    url = f"{reverse('vehicles', args=[sight.fleet.public_id])}?q={words}"
    assert not sight.leaks(url)
    assert not sight.leaks(f"{url}&sort=-heard&col=vin&col=plate", **{"HX-Request": "true"})


@pytest.mark.parametrize("chosen", [{"all": "yes", "view": ""}, {"vehicle": "both"}])
def test_a_bulk_command_reaches_their_own_only(chosen: dict[str, str], sight: Sight) -> None:
    both = [sight.own.public_id, sight.strange.public_id]
    given = {**chosen, "vehicle": both} if "vehicle" in chosen else chosen
    form = {"command": "honk", "canary_size": 0, "canary_share": 80, "pace": 60, "check": "yes"}
    with transaction.atomic():
        answer = sight.http.post(reverse("new-bulk", args=[sight.fleet.public_id]), {**given, **form})
        assert answer.status_code == 303
        bulk = BulkCommand.objects.latest("pk")
        assert [item.vehicle for item in bulk.items.all()] == [sight.own]
        transaction.set_rollback(True)


def test_nor_does_one_from_before_they_were_narrowed_when_it_is_tried_again(sight: Sight) -> None:
    with transaction.atomic():
        before = BulkCommand.objects.get(public_id=sight.of_own["bulk_id"])
        before.items.update(state=BulkItem.State.CANCELLED)
        sight.http.post(reverse("repeat-bulk", args=[sight.fleet.public_id, before.public_id]), {"which": "unsent"})
        again = BulkCommand.objects.get(retry_of=before)
        assert [item.vehicle for item in again.items.all()] == [sight.own]
        transaction.set_rollback(True)


def test_mails_tell_of_their_own_only(sight: Sight) -> None:
    """Even where they have chosen to be told of everything."""
    person = User.objects.get(username="garage")
    with transaction.atomic():
        sight.fleet.alert_choices.create(user=person, kinds=list(Alert.Kind.values))
        of_strange = Alert.objects.get(vehicle=sight.strange)
        of_own = Alert(kind=of_strange.kind, fleet=sight.fleet, vehicle=sight.own)
        of_all = Alert(kind=Alert.Kind.GATEWAY_DOWN, fleet=sight.fleet)
        assert [person.pk in people_to_tell(alert) for alert in (of_strange, of_own, of_all)] == [False, True, False]
        transaction.set_rollback(True)
