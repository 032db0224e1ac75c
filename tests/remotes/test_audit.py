"""The trail of one remote action, from who asked to how it ended, as the audit keeps it and prints it."""

import json
from collections.abc import Iterator
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from fleets.audit.entries import Origin, person
from fleets.clients import client_for
from fleets.models import AuditEntry
from gateways.codes import CUT
from gateways.interface import OutcomeUnknown
from protocol.canonical import Remote
from protocol.why import Why
from remotes import audit
from remotes.models import RemoteAction
from remotes.tasks import dispatch
from remotes.words import codes
from tests.world import make_person

from .cloud import Cloud
from .conftest import Yard


@pytest.fixture
def cloud(yard: Yard) -> Iterator[Cloud]:
    cloud = Cloud()
    yard.gateway.base_url, yard.gateway.client_id = cloud.base_url, "3f1c-client"
    yard.gateway.save()
    cloud.callbacks["c1"] = {"id": "c1"}
    yield cloud
    cloud.close()


def send(yard: Yard, action: RemoteAction) -> str:
    remote = Remote(action.type, action.payload, action.upstream_label, action.extra)
    client = client_for(yard.gateway, audit.observer(action))
    return client.send(client.prepare("f1", "v1", "c1", remote))


def trail(action: RemoteAction) -> str:
    out = StringIO()
    call_command("audit", "show", "--action", action.public_id, stdout=out)
    return out.getvalue()


def test_the_trail_says_who_asked_why_what_was_checked_sent_and_answered(yard: Yard, cloud: Cloud) -> None:
    camille = make_person("camille", yard.fleet)
    action = yard.action(None)
    audit.asked(action, person(camille), Origin.PAGE, "The customer is locked out")
    audit.checked(action, {"rights": None, "moving": Why(codes.MOVING, age=Why(codes.MINUTES_AGO, number=3))})
    send(yard, action)
    action.state, action.status = RemoteAction.State.DONE, "Success"
    audit.ended(action)
    kinds = AuditEntry.objects.order_by("pk").values_list("kind", "subject", "fleet_id", "vehicle_id")
    about = (action.public_id, yard.fleet.pk, yard.vehicle.pk)
    assert list(kinds) == [(kind, *about) for kind in ("asked", "checked", "sent", "answered", "ended")]
    said = trail(action)
    for words in (
        "Asked for · camille · A page · not sealed yet\n    reason: The customer is locked out",
        "vin: VF3ABCDE0FG123456",
        "checks:\n        moving: Not sent: the vehicle was moving 3 minutes ago. (moving)\n        rights: ok\n",
        "/f1/vehicles/v1/callbacks/c1/remotes?client_id=***",
        "Authorization: ***",
        f'{{"label": "fleetremote-{action.public_id}", "door": {{"state": "Unlocked"}}}}',
        "status: 202",
        '{"remoteActionId": "a1", "type": "Doors"}',
        "Ended · FleetRemote",
        "status: Success",
    ):
        assert words in said
    assert "3f1c-client" not in said


def test_what_was_sent_is_on_record_though_no_answer_came(yard: Yard, cloud: Cloud) -> None:
    cloud.next.append("cut-after")
    action = yard.action(None)
    with pytest.raises(OutcomeUnknown):
        send(yard, action)
    sent, answered = AuditEntry.objects.order_by("pk")
    assert sent.body is not None
    assert b"Unlocked" in bytes(sent.body)
    assert (answered.document["status"], answered.body) == (None, None)
    assert answered.document["why"] == {"code": CUT}
    assert "RemoteDisconnected" in answered.document["error"]


def test_what_somebody_did_about_it_is_in_the_trail(yard: Yard) -> None:
    action = yard.action(None)
    camille = make_person("camille", yard.fleet)
    audit.operated(action, "cancelled", actor=person(camille), origin=Origin.PAGE, reason="The key was found", waited=7)
    said = trail(action)
    assert "Operated · camille · A page" in said
    assert "what: cancelled\n    waited: 7" in said


def test_words_of_others_do_not_steer_the_terminal(yard: Yard) -> None:
    action = yard.action(None)
    audit.operated(action, "cancelled", reason="\x1b[2J gone")
    assert "\x1b" not in trail(action)


def test_an_action_without_a_trail_is_said_so(db: None) -> None:
    with pytest.raises(CommandError, match="no entry about a1"):
        call_command("audit", "show", "--action", "a1")


def test_a_long_answer_is_kept_in_part_with_the_length_of_the_whole(yard: Yard, cloud: Cloud) -> None:
    answer = {"remoteActionId": "a1", "padding": "x" * 100_000}
    cloud.next.append((202, answer, {}))
    action = yard.action(None)
    dispatch(yard.vehicle.pk)
    entry = AuditEntry.objects.get(subject=action.public_id, kind="answered")
    whole = json.dumps(answer).encode()
    assert bytes(entry.body or b"") == whole[: 64 * 1024]
    assert entry.document["body"] == {"length": len(whole), "kept": 64 * 1024}
