"""All that is kept about a person or a vehicle is handed out in one document, without secrets and without others."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError

from callbacks.delivery.forming import form
from callbacks.outbox import Entry, put
from fleets.audit.entries import Kind
from fleets.models import AuditEntry
from fleets.storage import clock
from tests.callbacks.outbox_world import make_callback, make_event
from tests.privacy.world import FIRST, LABEL, LAST, MAIL, PLATE, USER, VIN, Lived, live, privacy

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived(db: None) -> Lived:
    return live()


def tables(text: str) -> dict[str, list[dict[str, Any]]]:
    return {table["table"]: table["rows"] for table in json.loads(text)["tables"]}


def test_a_person_gets_what_is_kept_about_them(lived: Lived) -> None:
    text = privacy("export", "--person", USER)
    assert json.loads(text)["about"] == {"person": USER}
    found = tables(text)
    (account,) = found["auth.User"]
    assert (account["first_name"], account["last_name"], account["email"]) == (FIRST, LAST, MAIL)
    assert "password" not in account
    assert lived.camille.password not in text
    assert len(found["remotes.RemoteAction"]) == 2
    assert {action["user_id"] for action in found["remotes.RemoteAction"]} == {lived.camille.pk}
    assert [view["name"] for view in found["fleets.SavedView"]] == ["Mine", "Ours"]
    assert found["console.Visit"][0]["address"] == "127.0.0.1"
    kinds = {entry["kind"] for entry in found["fleets.AuditEntry"]}
    assert {"asked", "changed", "entered", "looked"} <= kinds
    (exported,) = AuditEntry.objects.filter(kind=Kind.EXPORTED)
    rows = sum(map(len, found.values()))
    assert exported.document == {"what": "all that is kept about a person", "rows": rows}
    assert (exported.subject, exported.who) == (f"person {lived.camille.pk}", "FleetRemote: privacy")


def test_a_vehicle_s_holds_nothing_about_other_vehicles(lived: Lived) -> None:
    text = privacy("export", "--vehicle", VIN)
    found = tables(text)
    assert lived.other_van.vin not in text
    (van,) = found["fleets.Vehicle"]
    assert (van["vin"], van["label"], van["plate"]) == (VIN, LABEL, PLATE)
    assert van["state"]["lastPosition"]["geometry"]["coordinates"] == [4.5, 47.1234]
    assert len(found["remotes.RemoteAction"]) == len(found["remotes.RemoteEvent"]) == 2
    assert len(found["callbacks.Attempt"]) == 2
    alone, shared = sorted(found["callbacks.Batch"], key=lambda row: row["event_count"])
    assert json.loads(alone["body"])["events"][0]["vin"] == VIN
    assert shared["body"] == "not told: other vehicles are in it"
    assert any(entry["kind"] == "sent" and VIN in entry["body"] for entry in found["fleets.AuditEntry"])


def test_it_goes_into_a_file_that_only_its_owner_reads(lived: Lived, tmp_path: Path) -> None:
    file = tmp_path / "camille.json"
    said = privacy("export", "--person", USER, "--to", str(file))
    assert said.endswith(f"rows about {USER} are in {file}.\n")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert USER in json.dumps(tables(file.read_text()))
    with pytest.raises(CommandError, match="Name a file that is not there yet"):
        privacy("export", "--person", USER, "--to", str(file))
    assert AuditEntry.objects.filter(kind=Kind.EXPORTED).count() == 1


def test_a_part_of_it_is_not_left_behind(lived: Lived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("fleetremote.privacy.exporting.record_exported", fail)
    with pytest.raises(OSError, match="disk full"):
        privacy("export", "--person", USER, "--to", str(tmp_path / "x.json"))
    assert list(tmp_path.iterdir()) == []


def test_what_is_encrypted_is_handed_out_to_nobody(lived: Lived) -> None:
    """A body with a Body attribute of the subscriber's, which may be a credential."""
    callback = make_callback(lived.van.fleet, attributes=[{"type": "Body", "key": "pin", "value": "canary-of-a-body"}])
    put(callback, [Entry(make_event(vin=VIN), None)])
    form(callback, clock.now(), 10)
    text = privacy("export", "--vehicle", VIN)
    assert "canary-of-a-body" not in text
    assert "not told: it is encrypted" in tables(text)["callbacks.Batch"][-1]["body"]
