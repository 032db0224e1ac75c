"""A vehicle is erased: VIN, label, plate, positions, payloads and bodies are gone, and the audit's chain is whole."""

import json

import pytest
from django.core.management import CommandError
from django.test import Client
from django.utils import timezone

from callbacks.models import Attempt, Batch
from fleets.audit.entries import Kind
from fleets.audit.sealing import seal
from fleets.labels.imports import check, make
from fleets.models import AuditEntry, Vehicle
from remotes.models import InboundRequest, RemoteAction, RemoteEvent, Schedule
from tests.callbacks.outbox_world import make_batch, make_callback, make_event, make_notification
from tests.campaigns.schedule_world import make_schedule
from tests.privacy.test_erasing_a_person import refused, where
from tests.privacy.world import LABEL, PLATE, THERE, TOLD_OF_IT, VIN, Lived, audit_is_whole, live, privacy
from tests.world import make_action

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived(db: None) -> Lived:
    return live()


def test_nothing_tells_of_it_any_more_and_what_was_done_is_accounted_for(lived: Lived) -> None:
    seal()
    # The other van was sent to the same place.
    RemoteAction.objects.filter(vehicle=lived.other_van).update(payload={})
    assert set(where(*TOLD_OF_IT)) == set(TOLD_OF_IT)
    said = privacy("erase", "--vehicle", VIN.lower(), "--yes")
    pseudonym = f"ERASED{lived.van.pk:011}"
    assert f"What stays goes by the name {pseudonym}." in said
    kept = {text: tables for text, tables in where(*TOLD_OF_IT).items() if text not in ("47.1234", "Canary street")}
    assert kept == {}
    assert "erased in part" in audit_is_whole()
    van = Vehicle.objects.get(pk=lived.van.pk)
    assert (van.vin, van.label, van.plate, van.state) == (pseudonym, "", "", {})
    for action in RemoteAction.objects.filter(vehicle=van):
        assert (action.payload, action.feedback_detail) == ({}, None)
        assert action.reason == f"Camille Canarelle needs {pseudonym} there"
    assert set(RemoteEvent.objects.filter(action__vehicle=van).values_list("vin", "extra__vin")) == {(pseudonym, None)}
    asked = AuditEntry.objects.get(kind=Kind.ASKED, subject=lived.actions[0].public_id)
    assert asked.document == {
        "vin": pseudonym,
        "remoteType": "Navigation",
        "expires": asked.document["expires"],
        "erased": True,
    }
    assert asked.who == "Camille Canarelle (camille.canarelle)"
    sent = AuditEntry.objects.get(kind=Kind.SENT)
    assert (sent.body, sent.document["request"]) == (None, f"POST https://x/vehicles/{pseudonym}/remotes")


def test_what_is_about_others_stays_and_where_it_was_is_in_no_row_about_it(lived: Lived) -> None:
    privacy("erase", "--vehicle", VIN, "--yes")
    about_it = AuditEntry.objects.filter(vehicle=lived.van)
    for text in ("47.1234", "Canary street"):
        assert not about_it.filter(document__icontains=text).exists()
        tables = where(text)[text]
        # The other van's action, its event, and its entry of the audit hold the same place.
        assert set(tables) <= {"remotes_remoteaction", "remotes_remoteevent", "fleets_auditentry"}
        others = AuditEntry.objects.filter(document__icontains=text)
        assert set(others.values_list("vehicle", flat=True)) <= {lived.other_van.pk}
    theirs = RemoteAction.objects.get(vehicle=lived.other_van)
    assert theirs.payload == THERE
    bodies = [json.loads(bytes(request.body)) for request in InboundRequest.objects.order_by("pk")]
    assert [[event["vin"] for event in body["events"]] for body in bodies] == [[], [lived.other_van.vin]]
    (batch,) = Batch.objects.all()
    assert batch.vins == [lived.other_van.vin]
    assert [event["vin"] for event in json.loads(bytes(batch.body))["events"]] == batch.vins
    assert list(Attempt.objects.values_list("batch", "answer")) == [(batch.pk, "")]
    (schedule,) = Schedule.objects.all()
    assert (schedule.filter or {})["text"] == f"ERASED{lived.van.pk:011}"


def test_of_an_import_for_many_the_lines_of_others_stay_in_the_audit(lived: Lived) -> None:
    other = lived.other_van.vin
    lines = f"VIN,Label,Plate\n{VIN},{LABEL} 2,{PLATE}-3\n{other},Their van,XX-1"
    file = check(lived.fleet, lived.other, "both.csv", lines.encode())
    assert make(file, file.checks, lived.other)
    entry = AuditEntry.objects.filter(document__file="both.csv").get()
    kept = [change for change in entry.document["changes"] if change["vin"] == other]
    assert (len(kept), len(entry.document["changes"])) == (1, 2)
    privacy("erase", "--vehicle", VIN, "--yes")
    entry.refresh_from_db()
    assert entry.document["changes"] == [{"vin": f"ERASED{lived.van.pk:011}", "erased": True}, *kept]
    assert LABEL not in str(entry.document)
    # The audit's pages show what is left.
    browser = Client()
    browser.force_login(lived.other)
    page = browser.get("/audit").content.decode()
    assert f"ERASED{lived.van.pk:011}" in page
    assert VIN not in page
    for entry in AuditEntry.objects.all():
        shown = browser.get(f"/audit/{entry.pk}")
        assert (shown.status_code, VIN in shown.content.decode()) == (200, False), entry


def test_without_yes_nothing_is_changed(lived: Lived) -> None:
    told = privacy("erase", "--vehicle", VIN)
    assert "remotes.RemoteAction: 2 rows would be erased" in told
    assert Vehicle.objects.filter(vin=VIN).exists()
    assert not AuditEntry.objects.filter(erased_at__isnull=False).exists()


def test_what_is_under_way_must_end_first(lived: Lived) -> None:
    callback = make_callback(lived.fleet)
    action = make_action(lived.van)
    schedule = make_schedule(lived.fleet, lived.other, vehicle=lived.van)
    make_notification(callback, make_event(VIN))
    waiting = make_batch(callback, make_event(VIN))
    Vehicle.objects.filter(pk=lived.van.pk).update(gone_at=None)
    said = refused("--vehicle", VIN, "--yes")
    for words in ("1 remote actions", "1 schedules", "2 notifications", "the manufacturer's cloud lists it"):
        assert words in said
    action.set(state="cancelled", finished_at=timezone.now())
    Schedule.objects.filter(pk=schedule.pk).delete()
    Batch.objects.filter(pk=waiting.pk).update(state="expired")
    callback.notification_set.all().delete()
    assert "the manufacturer's cloud lists it" in refused("--vehicle", VIN, "--yes")
    privacy("erase", "--vehicle", VIN, "--yes", "--though-listed")
    van = Vehicle.objects.get(pk=lived.van.pk)
    assert van.gone_at is not None


def test_a_vehicle_that_is_none_is_told() -> None:
    with pytest.raises(CommandError, match="There is no vehicle with the VIN VF3X"):
        privacy("erase", "--vehicle", "VF3X")
