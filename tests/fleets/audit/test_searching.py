"""The search of the audit: what is found by each thing that can be looked for, along an index, and page by page."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fleets.audit.entries import SYSTEM, About, Actor, Kind, Origin, record
from fleets.audit.searching import DEEDS, Wanted, all_found, audit_page, found, read_token
from fleets.models import AuditEntry, Fleet, Vehicle
from fleets.storage import clock
from tests.long_form import LONG
from tests.world import make_fleet, make_vehicle

MANY = 200_000 if LONG else 20_000

# A history of many vehicles and people in two fleets: for each sending what it consists of.
FILL = """
INSERT INTO fleets_auditentry (at, kind, subject, fleet_id, vehicle_id, who, origin, reason, document)
SELECT
    now() - (n || ' seconds')::interval,
    (ARRAY['asked', 'checked', 'sent', 'answered', 'ended'])[1 + n %% 5],
    'action ' || n / 5, %(fleet)s + (n / 5) %% 2, 1000000 + n / 50,
    CASE n %% 5 WHEN 0 THEN 'person ' || (n / 5) %% 40 ELSE 'FleetRemote' END,
    'page', '', jsonb_build_object('remoteType', CASE WHEN n %% 5 = 0 AND n %% 2000 = 0 THEN 'Rare' ELSE 'Doors' END)
FROM generate_series(0, %(many)s - 1) AS n
"""

# Of a kind that the indexes of rare kinds hold, which without it are as good as empty and cost the same: one in a
# hundred in the first fleet.
FILL_RARE = """
INSERT INTO fleets_auditentry (at, kind, subject, fleet_id, vehicle_id, who, origin, reason, document)
SELECT now() - (n || ' seconds')::interval, 'looked', 'look ' || n, %(fleet)s + (n %% 100 > 0)::int, 2000000 + n,
    'person 1', 'page', '', '{}'
FROM generate_series(0, 1999) AS n
"""


@pytest.fixture
def fleets(db: None) -> tuple[Fleet, Fleet]:
    return make_fleet("Lyon"), make_fleet("Paris")


def write(what: str, kind: AuditEntry.Kind = Kind.OPERATED, **values: Any) -> None:
    vehicle: Vehicle | None = values.pop("vehicle", None)
    fleet: Fleet | None = values.pop("fleet", vehicle.fleet if vehicle else None)
    about = About(what, fleet.pk if fleet else None, vehicle.pk if vehicle else None)
    record(kind, about, origin=Origin.PAGE, **values)


def subjects(**wanted: Any) -> list[str]:
    return [entry.subject for entry in found(Wanted(**wanted))]


def test_each_thing_that_is_looked_for_narrows(fleets: tuple[Fleet, Fleet], monkeypatch: pytest.MonkeyPatch):
    lyon, paris = fleets
    van, car = make_vehicle(lyon, "Van 1", plate="AB-123-CD"), make_vehicle(paris, "Car")
    camille, viktor = Actor("Camille Roux (camille)"), Actor("viktor")
    write("1", Kind.ASKED, vehicle=van, actor=camille, document={"remoteType": "Horn"})
    write("2", Kind.SENT, vehicle=van)
    write("3", vehicle=car, actor=viktor, document={"remoteType": "Doors"})
    write("name viktor", Kind.ENTERED, document={"what": "failed to log in", "name": "viktor"})
    assert subjects() == ["name viktor", "3", "2", "1"]
    assert subjects(fleet_id=lyon.pk) == ["2", "1"]
    assert subjects(fleet_id=lyon.pk, kinds=DEEDS) == ["1"]
    assert subjects(who="CAMILLE") == subjects(who="roux") == ["1"]
    assert subjects(who="viktor") == ["name viktor", "3"]
    assert subjects(who="viktor", fleet_id=lyon.pk) == []
    assert subjects(who="fleetremote") == ["name viktor", "2"]
    assert subjects(who="%") == subjects(who="nobody's") == []
    assert subjects(vehicle=van.vin.lower()) == subjects(vehicle="ab-123") == subjects(vehicle="Van") == ["2", "1"]
    # A vehicle that has gone to another fleet is found in the former one by its VIN alone.
    Vehicle.objects.filter(pk=van.pk).update(fleet=paris)
    assert subjects(fleet_id=lyon.pk, vehicle=van.vin) == ["2", "1"]
    assert subjects(fleet_id=lyon.pk, vehicle="AB-123") == []
    assert subjects(fleet_id=paris.pk, vehicle=van.vin) == []
    assert (subjects(remote_type="Horn"), subjects(remote_type="Doors")) == (["1"], ["3"])
    assert subjects(subject="3", kinds=()) == ["3"]
    third = AuditEntry.objects.get(subject="3").at
    assert subjects(since=third, until=third + timedelta(microseconds=1)) == ["3"]
    assert subjects(until=third) == ["2", "1"]


def test_pages_follow_each_other_without_a_gap_whatever_has_the_same_time(
    fleets: tuple[Fleet, Fleet], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 30, 8, tzinfo=timezone.get_default_timezone()))
    for number in range(7):
        write(str(number), fleet=fleets[0])
    token, seen = "", []
    for _ in range(4):
        page = audit_page(Wanted(), token, 2)
        seen += [entry.subject for entry in page.entries]
        token = page.older
    assert (seen, token) == (list("6543210"), "")
    assert [len(entries) for entries in all_found(Wanted(), 3)] == [3, 3, 1]


@pytest.mark.parametrize("token", ["", "x", "1-", "-1", "9" * 40 + "-1", "1-1-1-x", "\x00-\x00"])
def test_a_broken_token_leads_to_the_first_page(token: str):
    assert read_token(token) is None


# What is looked for, and the only indexes that may serve it.
SERVED = {
    "fleet": {"audit_fleet"},
    "all": {"audit_at"},
    "who": {"audit_who"},
    "vehicle": {"audit_vehicle"},
    "type": {"audit_fleet_type"},
    "type of all": {"audit_type"},
    "kind": {"audit_fleet_kind"},
    "kind of all": {"audit_kind"},
    "subject": {"audit_subject"},
}


def test_each_search_reads_along_an_index_and_little_of_it(fleets: tuple[Fleet, Fleet]):
    lyon, _ = fleets
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"fleet": lyon.pk, "many": MANY})
        cursor.execute(FILL_RARE, {"fleet": lyon.pk})
        cursor.execute("ANALYZE fleets_auditentry")
    van = make_vehicle(lyon)
    write("look", Kind.LOOKED, vehicle=van, actor=Actor("Camille"))
    wanted = {
        "fleet": Wanted(lyon.pk),
        "all": Wanted(),
        "who": Wanted(who="Camille", fleet_id=lyon.pk),
        "vehicle": Wanted(lyon.pk, vehicle=van.vin),
        "type": Wanted(lyon.pk, remote_type="Rare"),
        "type of all": Wanted(remote_type="Rare"),
        "kind": Wanted(lyon.pk, kinds=("looked",)),
        "kind of all": Wanted(kinds=("looked",)),
        "subject": Wanted(subject="action 7"),
    }
    for name, asked in wanted.items():
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert audit_page(asked, "", 50).entries, name
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN (ANALYZE, BUFFERS) " + queries[-1]["sql"].replace("%", "%%"))
            plan = "\n".join(line for (line,) in cursor.fetchall())
        assert any(index in plan for index in SERVED[name]), f"{name}: {plan}"
        assert "Seq Scan" not in plan, f"{name}: {plan}"


def test_names_are_found_from_one_to_the_next(fleets: tuple[Fleet, Fleet]):
    with connection.cursor() as cursor:
        cursor.execute(FILL, {"fleet": fleets[0].pk, "many": 2_000})
    assert len(subjects(who="person 7")) == 10
    assert len(subjects(who="person 3")) == 110
    assert SYSTEM.name == "FleetRemote", "the index leaves this name out"
