"""A file is checked, shown, and made true as it was shown: all of it, or nothing."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from fleets import tasks
from fleets.labels import codes, imports
from fleets.labels.applying import ChangedMeanwhile, apply
from fleets.labels.comparing import compare
from fleets.labels.lines import Line, change_of
from fleets.models import AuditEntry, Fleet, LabelImport, Vehicle
from tests.workers import Worker
from tests.world import make_fleet, make_person, make_vehicle

pytestmark = pytest.mark.django_db


@pytest.fixture
def lyon() -> Fleet:
    return make_fleet("Lyon")


def vin(number: int) -> str:
    return f"VF3ABCDE0FG{number:06}"


def csv(*lines: str) -> bytes:
    return "\n".join(["VIN,Label,Plate", *lines]).encode()


def test_what_is_shown_is_what_is_made(lyon: Fleet) -> None:
    camille = make_person("camille", lyon)
    van, car = make_vehicle(lyon, "Van", vin=vin(1), plate="AB-1"), make_vehicle(lyon, "Car", vin=vin(2), plate="CD-2")
    make_vehicle(lyon, "Same", vin=vin(3))
    row = imports.check(lyon, camille, "cars.csv", csv(f"{vin(1)},Blue van,", f"{vin(2)},,-", f"{vin(3)},Same,"))
    changes = [change_of(change) for change in row.changes]
    assert [(c.line, c.label_before, c.label, c.plate_before, c.plate) for c in changes] == [
        (2, "Van", "Blue van", "AB-1", "AB-1"),
        (3, "Car", "Car", "CD-2", ""),
    ]
    assert (row.unchanged, row.errors) == (1, [])
    van.refresh_from_db()
    assert van.label == "Van"
    assert imports.make(row, row.checks, camille)
    for vehicle in (van, car):
        vehicle.refresh_from_db()
    assert [(v.label, v.plate) for v in (van, car)] == [("Blue van", "AB-1"), ("Car", "")]
    entry = AuditEntry.objects.get()
    assert (entry.who, entry.origin, entry.subject, entry.fleet_id) == ("camille", "page", lyon.public_id, lyon.pk)
    assert entry.document == {
        "what": "changed labels and plates",
        "file": "cars.csv",
        "vehicles": 2,
        "changes": [{"vin": vin(1), "label": ["Van", "Blue van"]}, {"vin": vin(2), "plate": ["CD-2", ""]}],
    }
    assert imports.make(row, row.checks, camille), "twice is once"
    assert AuditEntry.objects.count() == 1


def test_a_vehicle_that_was_changed_meanwhile_stops_all_and_is_shown_again(lyon: Fleet) -> None:
    camille = make_person("camille", lyon)
    make_vehicle(lyon, "Van", vin=vin(1))
    make_vehicle(lyon, "Car", vin=vin(2))
    row = imports.check(lyon, camille, "cars.csv", csv(f"{vin(1)},A,", f"{vin(2)},B,"))
    Vehicle.objects.filter(vin=vin(2)).update(label="Somebody's")
    assert not imports.make(row, row.checks, camille)
    assert sorted(Vehicle.objects.values_list("label", flat=True)) == ["Somebody's", "Van"]
    again = LabelImport.objects.get()
    assert [change_of(change).label_before for change in again.changes] == ["Van", "Somebody's"]
    assert not imports.make(row, row.checks, camille), "nobody has looked at the second one by then"
    assert imports.make(again, again.checks, camille)
    assert sorted(Vehicle.objects.values_list("label", flat=True)) == ["A", "B"]


def test_one_that_has_left_meanwhile_is_an_error_then(lyon: Fleet) -> None:
    camille = make_person("camille", lyon)
    van = make_vehicle(lyon, "Van", vin=vin(1))
    row = imports.check(lyon, camille, "cars.csv", csv(f"{vin(1)},A,"))
    Vehicle.objects.filter(pk=van.pk).update(fleet=make_fleet("Paris"))
    assert not imports.make(row, row.checks, camille)
    again = LabelImport.objects.get()
    assert [(fault.line, fault.why.code) for fault in imports.faults_of(again)] == [(2, codes.UNKNOWN)]
    assert not imports.make(again, again.checks, camille)


def test_one_error_and_nothing_is_made(lyon: Fleet) -> None:
    camille, nice = make_person("camille", lyon), make_fleet("Nice")
    make_vehicle(lyon, "Van", vin=vin(1))
    make_vehicle(nice, vin=vin(2))
    row = imports.check(lyon, camille, "cars.csv", csv(f"{vin(1)},A,", f"{vin(2)},B,", f"{vin(3)},C,", "x,,"))
    assert [(fault.line, fault.why.code) for fault in imports.faults_of(row)] == [
        (3, codes.UNKNOWN),
        (4, codes.UNKNOWN),
        (5, codes.NOT_A_VIN),
    ]
    assert not imports.make(row, row.checks, camille)
    assert not AuditEntry.objects.exists()


def test_another_fleet_is_named_to_its_own_people_only(lyon: Fleet) -> None:
    nice = make_fleet("Nice")
    make_vehicle(nice, vin=vin(2))
    for person, code in (("both", codes.OTHER_FLEET), ("one", codes.UNKNOWN)):
        user = make_person(person, lyon, *([nice] if person == "both" else []))
        row = imports.check(lyon, user, "cars.csv", csv(f"{vin(2)},B,"))
        assert [fault.why.code for fault in imports.faults_of(row)] == [code]


@pytest.mark.drawn("plans of a long list", 1, of="tests")
def test_ten_thousand_lines_take_as_many_statements_as_one(
    lyon: Fleet, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    camille, gateway = make_person("camille", lyon), lyon.upstream_fleets.get().gateway
    Vehicle.objects.bulk_create(
        Vehicle(vin=vin(n), upstream_id=str(n), fleet=lyon, gateway=gateway, label=f"Van {n}") for n in range(10_000)
    )
    for count in (1, 10_000):
        data = csv(*(f"{vin(n)},Car {count} {n},P{n}" for n in range(count)))
        # The person's fleets, the vehicles, and the row.
        with django_assert_num_queries(3):
            row = imports.check(lyon, camille, "cars.csv", data)
        # The row, the vehicles twice, the fleet, the audit, the row, and two savepoints.
        with django_assert_num_queries(10):
            assert imports.make(row, row.checks, camille)
    assert Vehicle.objects.filter(label__startswith="Car 10000 ").count() == 10_000


def test_what_was_changed_after_the_comparison_is_found_under_the_lock(lyon: Fleet) -> None:
    make_vehicle(lyon, "Van", vin=vin(1))
    changes = compare([Line(2, vin(1), "A", None)], lyon.pk).changes
    Vehicle.objects.update(plate="NEW")
    with pytest.raises(ChangedMeanwhile):
        apply(changes, "cars.csv")
    Vehicle.objects.update(plate="", label="A")
    with pytest.raises(ChangedMeanwhile):
        apply(changes, "cars.csv")


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_change_once() -> None:
    lyon = make_fleet("Lyon")
    camille = make_person("camille", lyon)
    make_vehicle(lyon, "Van", vin=vin(1))
    row = imports.check(lyon, camille, "cars.csv", csv(f"{vin(1)},A,"))
    both = [Worker(lambda: imports.make(row, 1, camille)) for _ in range(2)]
    assert [worker.result() for worker in both] == [True, True]
    assert AuditEntry.objects.count() == 1


def test_old_files_are_forgotten(lyon: Fleet) -> None:
    row = imports.check(lyon, make_person("camille", lyon), "cars.csv", b"")
    tasks.prune()
    assert LabelImport.objects.exists()
    LabelImport.objects.filter(pk=row.pk).update(created_at=timezone.now() - imports.AGE)
    tasks.prune()
    assert not LabelImport.objects.exists()


@pytest.fixture
def run(tmp_path):
    """The command with a file; gives its exit status and what it prints."""

    def of(data: bytes, *options: str) -> tuple[int, str]:
        path, out = tmp_path / "cars.csv", StringIO()
        path.write_bytes(data)
        try:
            call_command("import_labels", str(path), *options, stdout=out)
        except SystemExit as end:
            return int(str(end.code)), out.getvalue()
        return 0, out.getvalue()

    return of


def test_by_command(lyon: Fleet, run) -> None:
    nice = make_fleet("Nice")
    make_vehicle(lyon, "Van", vin=vin(1))
    make_vehicle(nice, vin=vin(2), plate="AB-1")
    data = csv(f"{vin(1)},A,", f"{vin(2)},,CD-2")
    status, said = run(data, "--dry-run")
    assert status == 0
    assert f"{vin(1)}  label: Van → A" in said
    assert f"{vin(2)}  plate: AB-1 → CD-2" in said
    assert said.endswith("Nothing is changed yet: 2 to change, 0 as they are.\n")
    assert Vehicle.objects.filter(label="Van").exists()
    assert run(data)[1].endswith("2 vehicles changed, 0 as they were.\n")
    assert {(v.label, v.plate) for v in Vehicle.objects.all()} == {("A", ""), ("", "CD-2")}
    assert AuditEntry.objects.values_list("fleet_id", "who").order_by("pk").count() == 2
    assert run(data)[1].endswith("0 vehicles changed, 2 as they were.\n")
    assert AuditEntry.objects.count() == 2


def test_by_command_an_error_changes_nothing(lyon: Fleet, run) -> None:
    make_vehicle(lyon, "Van", vin=vin(1))
    make_vehicle(make_fleet("Nice"), vin=vin(2))
    status, said = run(csv(f"{vin(1)},A,", f"{vin(2)},B,"), "--fleet", lyon.public_id)
    assert (status, Vehicle.objects.filter(label="Van").count()) == (1, 1)
    assert f"Line 3: {vin(2)} is in the fleet Nice." in said
    assert said.endswith("Nothing is changed until this is mended: 1 to change, 0 as they are, 1 wrong.\n")


def test_by_command_in_json(lyon: Fleet, run) -> None:
    make_vehicle(lyon, "Van", vin=vin(1))
    status, said = run(csv(f"{vin(1)},A,", "x,B,"), "--json")
    told = json.loads(said)
    assert (status, told["done"]) == (1, False)
    assert told["changes"] == [
        {"line": 2, "vin": vin(1), "label": {"before": "Van", "after": "A"}, "plate": {"before": "", "after": ""}}
    ]
    assert told["errors"] == [
        {
            "line": 3,
            "code": "labels-not-a-vin",
            "values": {"vin": "X"},
            "words": "“X” can't be a VIN: a VIN has 17 digits and letters, without I, O and Q.",
        }
    ]


def test_by_command_a_file_or_a_fleet_that_is_not_there(run) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.csv can't be read: No such file"):
        call_command("import_labels", "nowhere.csv")
    with pytest.raises(CommandError, match="There is no fleet with the id abc"):
        run(csv(), "--fleet", "abc")
