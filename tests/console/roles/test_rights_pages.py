"""The page of rights says what the table of rights has, and a fleet's page says who has which of them now."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from console.people.words import ROLE_NAMES
from console.roles.words import RIGHT_NAMES
from fleets.models import ApiClient, Approver, Membership, MembershipVehicle, Trust
from fleets.rights import OF_NARROWED, ROLES, Right
from protocol.catalogue import REMOTE_TYPES
from tests.console.conftest import LogIn, World
from tests.world import make_person

pytestmark = pytest.mark.django_db


def rows_of(page: str) -> dict[str, list[bool]]:
    """Each line's cells, by its title."""
    lines = re.findall(r'<th scope="row">(.*?)</th>(.*?)</tr>', page, re.DOTALL)
    return {
        re.sub("<.*", "", title, flags=re.DOTALL).strip(): [
            kind == "has" for kind in re.findall(r'<td class="(has|has-not)">', cells)
        ]
        for title, cells in lines
    }


def test_the_page_is_made_from_the_table(viktor: Client):
    page = viktor.get("/rights").content.decode()
    heads = re.findall(r'<th scope="col">(.*?)</th>', page)
    assert heads[1:7] == [str(ROLE_NAMES[name]) for name in ROLES]
    shown = rows_of(page.replace("&#x27;", "'"))
    for right in Right:
        expected = [right in role.rights for role in ROLES.values()] + [right in OF_NARROWED]
        assert shown[str(RIGHT_NAMES[right])] == expected, right
    for name, entry in REMOTE_TYPES.items():
        assert shown[entry.title][:-1] == [name in role.remote_types for role in ROLES.values()], name
    assert len(shown) == len(Right) + len(REMOTE_TYPES)


def test_each_type_is_somebodys_and_managers_have_all():
    assert ROLES["manager"].remote_types == ROLES["admin"].remote_types == frozenset(REMOTE_TYPES)


def test_what_needs_a_second_person_says_so(viktor: Client):
    page = viktor.get("/rights").content.decode()
    lines = re.findall(r'<th scope="row">(.*?)</th>', page, re.DOTALL)
    marked = {re.sub("<.*", "", line, flags=re.DOTALL).strip() for line in lines if "with a second person" in line}
    assert marked == {entry.title for entry in REMOTE_TYPES.values() if entry.two_people}


def test_a_fleets_page_says_who_may_what_now(viktor: Client, world: World):
    garage = make_person("garage", world.lyon, role="support")
    Membership.objects.filter(user=garage).update(
        narrowed=True, remote_types=["Locking"], ends_at=timezone.now() + timedelta(hours=2)
    )
    MembershipVehicle.objects.create(membership=Membership.objects.get(user=garage), vehicle=world.van)
    gone = make_person("gone", world.lyon)
    Membership.objects.filter(user=gone).update(ends_at=timezone.now())
    make_person("root", is_superuser=True)
    page = " ".join(viktor.get(f"/fleets/{world.lyon.public_id}/rights").content.decode().split())
    assert "1 vehicle only · Sends only: Lock or unlock" in page
    assert "<strong>root</strong>" in page
    assert "<strong>gone</strong>" not in page
    assert "No service uses this fleet" in page


def test_a_manager_whom_nobody_has_confirmed_is_named_so(viktor: Client, world: World):
    page = viktor.get(f"/fleets/{world.lyon.public_id}/rights").content.decode()
    assert "Not confirmed yet" not in page
    make_person("new", world.lyon, role="manager")
    Approver.objects.filter(user__username="new").update(confirmed_at=None)
    assert viktor.get(f"/fleets/{world.lyon.public_id}/rights").content.decode().count("Not confirmed yet") == 1


def test_services_that_may_act_alone_stand_there(viktor: Client, world: World):
    client = ApiClient.objects.create(client_id="b", name="Booking", username="b", remote_types=["Immobilization"])
    client.fleets.add(world.lyon)
    Trust.objects.create(client=client, fleet=world.lyon, remote_type="Immobilization", granted_at=timezone.now())
    Trust.objects.create(
        client=client, fleet=world.lyon, remote_type="Stolen", granted_at=timezone.now(), ended_at=timezone.now()
    )
    page = viktor.get(f"/fleets/{world.lyon.public_id}/rights").content.decode()
    assert "<strong>Immobilise</strong>" in page
    assert "Stolen vehicle" not in page


def test_who_sees_some_vehicles_only_is_told_nothing_of_the_others_there(world: World, log_in: LogIn):
    garage = make_person("garage", world.lyon, role="operator")
    Membership.objects.filter(user=garage).update(narrowed=True)
    answer = log_in(garage).get(f"/fleets/{world.lyon.public_id}/rights")
    assert answer.status_code == 403
    assert "camille" not in answer.content.decode()
    assert log_in(garage).get("/rights").status_code == 200
