"""Labels and plates by a file, on pages: chosen, checked, looked at, changed."""

import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from console.labels.listing import MOST_FAULTS, PAGE_SIZE
from fleets.labels.reading import MOST_BYTES
from fleets.models import AuditEntry, LabelImport, LastSync, LeftOut, Vehicle
from protocol.why import Why
from tests.console.conftest import LogIn, World
from tests.world import make_person, make_vehicle


def words(html: bytes) -> str:
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html.decode())).split())


def send(client: Client, world: World, data: bytes, name: str = "vans.csv") -> str:
    """Choose the file; gives the address of what it would change."""
    answer = client.post(f"/fleets/{world.lyon.public_id}/labels", {"file": SimpleUploadedFile(name, data)})
    assert answer.status_code == 303
    return str(answer["Location"])


def test_the_whole_way(camille: Client, world: World) -> None:
    page = camille.get(f"/fleets/{world.lyon.public_id}")
    assert f'href="/fleets/{world.lyon.public_id}/labels"' in page.content.decode()
    address = send(camille, world, f"vin;libellé;note\n{world.van.vin.lower()};Blue van;x\n".encode("cp1252"))
    shown = words(camille.get(address).content)
    assert "1 vehicle would change. Nothing is changed yet." in shown
    assert "was Van 1 becomes Blue van" in shown
    assert "Read as Windows-1252, separated by semicolons." in shown
    assert "Columns that are not used: note" in shown
    world.van.refresh_from_db()
    assert world.van.label == "Van 1"
    answer = camille.post(f"{address}/make", {"shown": "1"}, follow=True)
    assert "1 vehicle changed." in words(answer.content)
    assert "was Van 1 becomes Blue van" in words(answer.content)
    assert f"{address}/make" not in answer.content.decode()
    world.van.refresh_from_db()
    assert (world.van.label, world.van.plate) == ("Blue van", "AB-123-CD")
    assert AuditEntry.objects.get(kind="operated").document["what"] == "changed labels and plates"


def test_the_list_goes_out_and_comes_in_again(camille: Client, world: World) -> None:
    """Both lists, with what a spreadsheet would take for a formula, and in French."""
    labels = ["", "=1+1", "'=x", "-", "'t Hoen", 'the "blue" one; or, "so"', "Été"]
    rows = [make_vehicle(world.lyon, label, plate=f"+{n}") for n, label in enumerate(labels)]
    for path in ("labels.csv", "vehicles.csv"):
        for language in ("en", "fr"):
            camille.cookies["fleetremote_language"] = language
            answer = camille.get(f"/fleets/{world.lyon.public_id}/{path}")
            data = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
            row = LabelImport.objects.get(public_id=send(camille, world, data).rpartition("/")[2])
            assert (row.errors, row.changes, row.unchanged) == ([], [], len(rows) + 1), (path, language)
    camille.cookies["fleetremote_language"] = "en"
    assert "The file changes nothing" in words(
        camille.get(f"/fleets/{world.lyon.public_id}/labels/{row.public_id}").content
    )


def test_errors_are_shown_by_line_and_nothing_can_be_changed(camille: Client, world: World) -> None:
    lines = [f"{world.van.vin},A", f"{world.rental.vin},B", f"{world.van.vin},C"]
    address = send(camille, world, "\n".join(["VIN,Label", *lines]).encode())
    page = camille.get(address)
    shown = words(page.content)
    assert "The file can't be taken: 2 things are wrong. Nothing is changed." in shown
    assert f"Line 3 No vehicle of this fleet has the VIN {world.rental.vin}." in shown
    assert f"Line 4 {world.van.vin} stands in line 2 already." in shown
    assert "/make" not in page.content.decode()
    camille.post(f"{address}/make", {"shown": "1"})
    assert not Vehicle.objects.filter(label__in="ABC").exists()


def test_what_changed_meanwhile_is_said_and_shown_again(camille: Client, world: World) -> None:
    address = send(camille, world, f"VIN,Label\n{world.van.vin},A\n".encode())
    Vehicle.objects.filter(pk=world.van.pk).update(label="Somebody's")
    answer = camille.post(f"{address}/make", {"shown": "1"}, follow=True)
    assert "Nothing was changed: vehicles are not as they were when this was shown." in words(answer.content)
    assert "was Somebody's becomes A" in words(answer.content)
    for shown in ("1", "", "x", "9" * 30):
        camille.post(f"{address}/make", {"shown": shown})
    assert Vehicle.objects.get(pk=world.van.pk).label == "Somebody's"
    camille.post(f"{address}/make", {"shown": "2"})
    assert Vehicle.objects.get(pk=world.van.pk).label == "A"


def test_long_lists_have_pages_and_an_end(camille: Client, world: World) -> None:
    vans = [make_vehicle(world.lyon, f"Van {n}") for n in range(PAGE_SIZE + 1)]
    address = send(camille, world, "\n".join(["VIN,Label", *(f"{van.vin},{van.label}x" for van in vans)]).encode())
    first, second = camille.get(address).content.decode(), camille.get(f"{address}?after={PAGE_SIZE}").content.decode()
    assert (first.count("<del>"), second.count("<del>")) == (PAGE_SIZE, 1)
    assert f"?after={PAGE_SIZE}" in first
    assert 'value="1"' in second, "each page can say yes to all"
    address = send(camille, world, "\n".join(["VIN,Label", *["x,y"] * (MOST_FAULTS + 7)]).encode())
    page = camille.get(address).content
    assert page.decode().count("<strong>Line") == MOST_FAULTS
    assert "And 7 more." in words(page)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (None, "Choose a file."),
        (b"x" * (MOST_BYTES + 1), "The file is too large: 4 MB at the most."),
    ],
)
def test_what_is_no_file_to_read_is_said_at_once(camille: Client, world: World, data: bytes | None, told: str) -> None:
    given = {} if data is None else {"file": SimpleUploadedFile("vans.csv", data)}
    answer = camille.post(f"/fleets/{world.lyon.public_id}/labels", given)
    assert answer.status_code == 422
    assert told in words(answer.content)
    assert not LabelImport.objects.exists()


def test_a_workbook_or_an_empty_file_says_what_to_do(camille: Client, world: World) -> None:
    assert "Save it as CSV in the spreadsheet" in words(camille.get(send(camille, world, b"PK\x03\x04")).content)
    assert "The file has no line with a vehicle." in words(camille.get(send(camille, world, b"")).content)


def test_who_may_only_look_may_take_the_list(viktor: Client, world: World) -> None:
    fleet = f"/fleets/{world.lyon.public_id}"
    assert f"{fleet}/labels" not in viktor.get(fleet).content.decode()
    assert viktor.get(f"{fleet}/labels").status_code == 403
    assert viktor.get(f"{fleet}/labels.csv").status_code == 200


def leave_out(world: World, **values: object) -> LeftOut:
    van = world.van
    given = {
        **{"gateway": van.gateway, "fleet": van.fleet, "upstream_fleet": "f1", "vin": "VF3X", "upstream_id": "v1"},
        **{"since": van.created_at, "seen_at": van.created_at},
        **values,
    }
    return LeftOut.objects.create(**given)


def test_managers_see_what_is_left_out_of_their_fleet_and_nothing_of_another(
    camille: Client, viktor: Client, world: World
) -> None:
    leave_out(world, why=Why("left-out-id-of-another", vin=world.rental.vin))
    leave_out(world, why=Why("left-out-not-a-vin"), vin="PARIS", fleet=world.paris, gateway=world.rental.gateway)
    address = f"/fleets/{world.lyon.public_id}/left-out"
    for path in ("/", f"/fleets/{world.lyon.public_id}/labels"):
        assert address in camille.get(path).content.decode()
    assert "1 vehicle left out" in words(camille.get("/").content)
    page = words(camille.get(address).content)
    assert "VF3X" in page
    assert "It is listed under the id of another vehicle." in page
    assert world.rental.vin not in page
    assert "PARIS" not in page
    assert address not in viktor.get("/").content.decode()


def test_admins_see_a_gateway_with_its_last_sync(world: World, log_in: LogIn) -> None:
    gateway, now = world.van.gateway, world.van.created_at
    root = log_in(make_person("root", is_superuser=True, is_staff=True))
    address = f"/connections/gateways/{gateway.pk}/left-out"
    assert "No sync of this gateway has run yet." in words(root.get(address).content)
    assert "All vehicles that the manufacturer's cloud lists are taken in." in words(root.get(address).content)
    leave_out(world, why=Why("left-out-id-of-another", vin=world.rental.vin))
    problem = Why("sync-vehicles-unread", fleet="f2", why=Why("answered", status="500"))
    LastSync.objects.create(
        gateway=gateway, began_at=now, ended_at=now, fleets=2, fleets_read=2, left_out=1, problems=[problem.document()]
    )
    page = words(root.get(address).content)
    assert f"It is listed under the id of {world.rental.vin}." in page
    assert "The vehicles of fleet f2 could not all be read: The manufacturer's cloud answered HTTP 500." in page
    assert f"The last sync of {gateway} has left 1 vehicle out." in words(root.get("/").content)
    for path in ("", f"{gateway.pk}/change/"):
        assert address in root.get(f"/admin/fleets/gateway/{path}").content.decode()
    assert root.get("/connections/gateways/999999/left-out").status_code == 404
