"""What an API client changes and looks at over either API stands in the audit, and so do tokens that it is given."""

import json
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from callbacks.channels import rotate_secret
from callbacks.models import Channel
from fleets.audit.doer import Doer, doing
from fleets.audit.entries import Actor, Origin
from fleets.models import AuditEntry
from tests.api.conftest import World
from tests.api.v1.conftest import V1Caller, v1_of
from tests.console.audit.test_doors import PLACE

SECRET = "a-canary-that-sings"
BODY = {
    "callback": {
        "webhook": {
            "target": f"https://example.com/{SECRET}",
            "name": "Booking",
            "attributes": [{"type": "Header", "key": "Authorization", "value": SECRET}],
        }
    }
}


def told(kind: str = "changed") -> list[tuple[str, str, Any]]:
    entries = AuditEntry.objects.filter(kind=kind).order_by("pk")
    assert all(one.who == "ours (ours)" and one.origin == "api" for one in entries)
    return [(one.document["what"], one.subject, one.document.get("fields")) for one in entries]


def nothing_secret() -> bool:
    kept = json.dumps(list(AuditEntry.objects.values_list("document", "subject", "reason", "who")))
    return SECRET not in kept and "whsec_" not in kept


def test_callbacks_are_told_from_their_making_to_their_end(ours: World):
    base = f"/fleets/{ours.fleet.public_id}/remote/callbacks"
    made = ours.caller.post(base, BODY).json()["callbackId"]
    one = f"{base}/{made}"
    other = {**BODY, "label": "Planner"}
    for method, path, body in (
        ("PUT", one, other),
        ("PUT", f"{one}/status", {"status": "Paused"}),
        ("POST", f"{one}/secret", None),
        ("DELETE", one, None),
    ):
        assert ours.caller.request(method, path, body).status_code < 300, path
    assert [(what, subject) for what, subject, _ in told()] == [
        ("created", made),
        ("changed", made),
        ("changed", made),
        ("given new secrets", made),
        ("deleted", made),
    ]
    _, labelled, paused, *_ = told()
    assert labelled[2] == {"label": ["", "Planner"], "subscribe": ["not told", "not told"]}
    assert paused[2] == {"status": ["Running", "Paused"]}
    assert {entry.fleet_id for entry in AuditEntry.objects.filter(kind="changed")} == {ours.fleet.pk}
    assert nothing_secret()


def test_channels_are_told_with_their_members(ours: World):
    v1_of(ours).channel()
    entries = AuditEntry.objects.filter(kind="changed").order_by("pk")
    assert [(one.document["what"], one.document["of"]) for one in entries] == [
        ("created", "channel"),
        ("created", "callback"),
    ]
    assert entries[1].fleet_id == ours.fleet.pk
    assert nothing_secret()


def test_the_end_and_new_secrets_of_a_channel_stand_in_the_audit_of_each_of_its_fleets(ours: World):
    v1 = v1_of(ours)
    channel = Channel.objects.get(public_id=v1.channel())
    with doing(lambda: Doer(Actor("ours (ours)"), Origin.API)):
        rotate_secret(channel)
    assert v1.request("DELETE", f"/accounts/channels/{channel.public_id}").status_code == 204
    entries = AuditEntry.objects.filter(kind="changed", document__of="callback", fleet=ours.fleet).order_by("pk")
    assert [one.document["what"] for one in entries] == ["created", "given new secrets", "deleted"]
    assert channel.members.get().secret == Channel.objects.get(pk=channel.pk).secret
    assert nothing_secret()


def test_a_position_is_told_once_a_day_by_one_statement(ours: World):
    vehicle, path = ours.vehicle, f"/fleets/{ours.fleet.public_id}/vehicles/{ours.vehicle.public_id}/status"
    vehicle.state, vehicle.state_read_at = {"energy": []}, timezone.now()
    vehicle.save()
    ours.caller.get(path)
    with CaptureQueriesContext(
        connection,
    ) as without:
        assert ours.caller.get(path).status_code == 200
    assert not told("looked")
    vehicle.state = PLACE
    vehicle.save()
    for _ in range(3):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert ours.caller.get(path).status_code == 200
        assert len(queries) == len(without) + 1
    assert told("looked") == [("saw its position", vehicle.public_id, None)]
    assert len(told("looked")) == 1
    (look,) = AuditEntry.objects.filter(kind="looked")
    assert (look.vehicle_id, look.fleet_id, look.api_client_id) == (vehicle.pk, ours.fleet.pk, ours.caller.row.pk)
    assert "45.7" not in json.dumps(look.document)


def test_telemetry_tells_a_position_where_it_is_asked_for(ours: World):
    vehicle, v1 = ours.vehicle, v1_of(ours)
    vehicle.state, vehicle.state_read_at = PLACE, timezone.now()
    vehicle.save()
    path = f"/accounts/vehicles/{vehicle.public_id}/telemetries/latest"
    assert v1.get(path, "?type=vehicle.odometer").status_code == 200
    assert not told("looked")
    for query in ("?type=vehicle.location", ""):
        assert "coordinates" in v1.get(path, query).content.decode()
        assert len(told("looked")) == 1


def test_tokens_are_told_once_an_hour(ours: World):
    v1 = V1Caller(ours.caller.row, ours.caller.secret, ours.caller.http)
    for _ in range(3):
        v1.sign_in()
    assert told("entered") == [("was given a token", f"client {ours.caller.row.pk}", None)]
