"""New secrets for our webhook: upstream is told by itself, and nothing that is under way meanwhile is refused."""

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from fleets.models import FormerSecrets, UpstreamFleet
from gateways.interface import GatewayError
from remotes.intake import webhook
from remotes.models import InboundRequest
from remotes.registration import registration
from remotes.registration.facts import registrations
from remotes.registration.rotation import end_former, rotate
from remotes.sending.sweep import check_registrations
from tests.remotes.cloud import Cloud
from tests.remotes.conftest import Yard
from tests.web_server import ask
from tests.world import make_person


def posted(place: UpstreamFleet, *, path: bool = True, header: bool = True) -> int:
    """Notify as upstream does that knows these secrets; gives the status of our answer."""
    address = f"/webhook/{place.webhook_id}" + (f"/{place.path_secret}" if path else "")
    authorization = f"Bearer {place.webhook_secret}" if header else ""
    return ask("POST", address, b'{"events": []}', authorization).status_code


def all_ways(place: UpstreamFleet) -> list[int]:
    return [posted(place), posted(place, path=False), posted(place, header=False)]


def let_pass(monkeypatch: pytest.MonkeyPatch, time: timedelta) -> None:
    """Web servers have read the secrets anew by then, too."""
    webhook._senders.clear()
    monkeypatch.setattr(timezone, "now", lambda now=timezone.now: now() + time)


def test_old_and_new_ones_are_good_until_what_was_under_way_has_come_in(
    yard: Yard, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    registration.check(yard.upstream.pk)
    old = UpstreamFleet.objects.get()
    assert all_ways(old) == [200] * 3
    woken: list[Any] = []
    monkeypatch.setattr("remotes.registration.rotation.wake", lambda *given: woken.append(given))
    with django_capture_on_commit_callbacks(execute=True):
        new = rotate(old.pk)
    assert woken == [("remotes.tasks.check_gateway", [yard.gateway.pk])]
    assert (old.path_secret, old.webhook_secret) != (new.path_secret, new.webhook_secret)
    # Before upstream knows: however long that takes.
    let_pass(monkeypatch, timedelta(days=5))
    assert all_ways(old) == all_ways(new) == [200] * 3
    assert (registrations(yard.gateway.pk)[0].is_registered, registrations(yard.gateway.pk)[0].former_wait) == (
        False,
        True,
    )
    cloud.broken.append("GET c1")
    check_registrations(yard.gateway.pk)
    assert FormerSecrets.objects.get().good_until is None
    check_registrations(yard.gateway.pk)
    target = cloud.callbacks["c1"]["subscribe"]["callback"]["webhook"]["target"]
    assert target.endswith(f"/{new.webhook_id}/{new.path_secret}")
    assert list(cloud.callbacks) == ["c1"]
    (known,) = registrations(yard.gateway.pk)
    assert (known.is_registered, known.former_wait, known.former_until) == (
        True,
        False,
        FormerSecrets.objects.get().good_until,
    )
    let_pass(monkeypatch, timedelta(days=2, hours=23))
    assert all_ways(old) == all_ways(new) == [200] * 3
    # Three days after that they end, also in a server that has them in memory.
    monkeypatch.setattr(timezone, "now", lambda now=timezone.now: now() + timedelta(hours=2))
    assert (all_ways(old), all_ways(new)) == ([401] * 3, [200] * 3)
    check_registrations(yard.gateway.pk)
    assert not FormerSecrets.objects.exists()


def test_commands_go_on_while_the_cloud_does_not_take_the_new_ones(yard: Yard, cloud: Cloud) -> None:
    registration.check(yard.upstream.pk)
    new = rotate(yard.upstream.pk)
    cloud.broken += ["GET c1"]
    assert registration.registered(new) == "c1"
    FormerSecrets.objects.all().delete()
    cloud.broken += ["GET c1"]
    with pytest.raises(GatewayError):
        registration.registered(new)


def test_rotating_again_ends_none_early(yard: Yard, cloud: Cloud) -> None:
    kept = [UpstreamFleet.objects.get()]
    for _ in range(2):
        rotate(yard.upstream.pk)
        kept.append(UpstreamFleet.objects.get())
        check_registrations(yard.gateway.pk)
    assert [posted(place, header=False) for place in kept] == [200] * 3


def test_a_server_that_has_the_old_ones_in_memory_takes_the_new_ones_at_once(yard: Yard) -> None:
    assert posted(yard.upstream) == 200
    assert posted(rotate(yard.upstream.pk)) == 200


def test_former_ones_can_be_ended_at_once(yard: Yard) -> None:
    old = UpstreamFleet.objects.get()
    new = rotate(old.pk)
    assert end_former(old.pk) == 1
    webhook._senders.clear()
    assert (posted(old), posted(new)) == (401, 200)
    assert InboundRequest.objects.count() == 1


def test_by_command_and_in_the_admin(yard: Yard, cloud: Cloud) -> None:
    out = StringIO()
    call_command("rotate_webhook_secrets", "--gateway", "sandbox", stdout=out)
    assert "Lyon at sandbox: new secrets" in out.getvalue()
    root = Client()
    root.force_login(make_person("root", is_staff=True, is_superuser=True))
    chosen = {"action": "rotate_secrets", "_selected_action": [yard.upstream.pk]}
    assert (
        "1 webhooks have new secrets" in root.post("/admin/fleets/upstreamfleet/", chosen, follow=True).content.decode()
    )
    assert FormerSecrets.objects.count() == 2
    call_command("rotate_webhook_secrets", "--end-former", stdout=out)
    assert "2 former pairs of secrets ended" in out.getvalue()
    now = UpstreamFleet.objects.get()
    for secret in (now.path_secret, now.webhook_secret, yard.upstream.path_secret):
        assert secret not in out.getvalue()
    with pytest.raises(CommandError):
        call_command("rotate_webhook_secrets", "--gateway", "nobody's")
