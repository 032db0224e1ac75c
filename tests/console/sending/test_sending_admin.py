"""The admin of rules, stops, gateway health and wake-ups: all can be looked at, nothing changed."""

import pytest
from django.test import Client
from django.utils import timezone

from protocol.why import Why
from remotes.asking import kill_switch
from remotes.models import FleetRules, GatewayHealth, WakeUp
from remotes.words import codes
from tests.console.conftest import LogIn, World
from tests.world import make_action, make_person


@pytest.fixture
def root(world: World, log_in: LogIn) -> Client:
    return log_in(make_person("root", is_superuser=True, is_staff=True))


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("fleetrules", "Immobilization"),
        ("sendingstop", "Strange commands."),
        ("gatewayhealth", "It does not answer."),
        ("wakeup", "Unlock"),
        ("remoteaction", "Lock or unlock"),
    ],
)
def test_it_is_shown_and_not_changed(root: Client, world: World, name: str, words: str):
    FleetRules.objects.create(fleet=world.lyon, approval_types=["Immobilization"])
    kill_switch.stop(world.lyon, world.camille, "Strange commands.")
    GatewayHealth.objects.create(gateway=world.van.gateway, state="down", why=Why(codes.IS_SILENT))
    WakeUp.objects.create(action=make_action(world.van), vehicle=world.van, at=timezone.now())
    page = root.get(f"/admin/remotes/{name}/").content.decode()
    assert words in page
    assert f"/admin/remotes/{name}/add/" not in page
    assert root.get(f"/admin/remotes/{name}/add/").status_code == 403
