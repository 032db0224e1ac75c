"""What needs you, counted for the head of every page: the lines of the overviews that the person may see."""

import json

from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from alerts.raising import raise_alert
from callbacks.models import Callback
from console.overview.matters import matters_of
from fleets.models import Membership
from remotes.models import Alert
from tests.callbacks.outbox_world import make_callback
from tests.console.conftest import LogIn, World
from tests.world import make_action, make_person

# The session and the person; what needs you.
STATEMENTS = 3


def needs(client: Client) -> dict[str, object]:
    found: dict[str, object] = json.loads(client.get("/needs").content)
    return found


def test_as_many_as_the_overview_has_lines(world: World, camille: Client) -> None:
    assert needs(camille) == {"count": 0, "url": "/approvals"}
    for _ in range(2):
        make_action(world.van, state="done", status="Failed", failure_cause="VehicleInUse")
    make_action(world.van, "honk", state="unknown")
    Callback.objects.filter(pk=make_callback(world.lyon).pk).update(status=Callback.Status.FAILED)
    raise_alert(Alert.Kind.CALLBACK_FAILED, world.lyon.pk, "c1", "It failed.")
    overview = f"/fleets/{world.lyon.public_id}/overview"
    lines = camille.get(overview).content.decode().count("data-row>")
    assert needs(camille) == {"count": lines, "url": f"{overview}#needs"}
    assert lines == 4


def test_it_is_one_statement_however_many_fleets(
    world: World, camille: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    world.camille.memberships.create(fleet=world.paris, role="viewer")
    for vehicle in (world.van, world.rental):
        make_action(vehicle, state="unknown")
    needs(camille)
    with django_assert_num_queries(STATEMENTS):
        assert needs(camille) == {"count": 2, "url": "/approvals"}
    page = camille.get("/approvals").content.decode()
    assert all(f"/fleets/{fleet.public_id}/overview#needs" in page for fleet in (world.lyon, world.paris))


def test_nobody_is_told_of_what_they_may_not_see(world: World, camille: Client, log_in: LogIn) -> None:
    make_action(world.rental, state="unknown")
    assert needs(camille)["count"] == 0
    make_action(world.van, state="unknown")
    Membership.objects.filter(user=world.camille).update(narrowed=True)
    assert needs(camille)["count"] == 0
    assert needs(log_in(make_person("root", is_superuser=True)))["count"] == 2


def test_without_a_login_it_is_no_page(client: Client) -> None:
    assert client.get("/needs").status_code == 401


def test_a_fleet_without_matters_is_not_listed(world: World) -> None:
    assert list(matters_of(world.camille, timezone.now())) == []
