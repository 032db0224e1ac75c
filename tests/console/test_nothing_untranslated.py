"""No page has English left: all of its texts are in brackets in a language that puts what is translated into them."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from alerts.raising import raise_alert
from callbacks.models import Callback
from callbacks.trial import send_test
from campaigns.bulk.acting import stop
from campaigns.saved_commands import save
from fleets.labels.imports import check
from fleets.models import Fleet, LastSync, LeftOut, SavedView, Vehicle
from fleets.sync import codes as sync_codes
from gateways.codes import CUT
from protocol.catalogue import REMOTE_TYPES
from protocol.v3 import decode_subscribe
from protocol.why import Why
from remotes.life.endings import end_by_us
from remotes.models import Alert, FleetRules, GatewayHealth, RemoteAction, SendingStop, WakeUp
from remotes.words import codes
from tests.campaigns.bulk_world import begin, make_bulk, remote_of
from tests.campaigns.schedule_world import make_schedule
from tests.console.conftest import LogIn, World
from tests.console.pseudo import left_over, put_in_brackets
from tests.world import make_action, make_event, make_person


@pytest.fixture(autouse=True)
def _no_language_stays() -> Iterator[None]:
    """Django leaves a thread in the language of its last page."""
    with translation.override("en"):
        yield


@pytest.fixture
def reader(camille: Client, monkeypatch: pytest.MonkeyPatch) -> Client:
    """Camille, who reads no English."""
    camille.cookies["fleetremote_language"] = "fr"
    put_in_brackets(monkeypatch)
    return camille


@pytest.fixture
def busy(world: World) -> World:
    """Lyon with something of everything."""
    now = timezone.now()
    van, camille = world.van, world.camille
    FleetRules.objects.create(fleet=world.lyon, wake_ups_a_month=20, wake_reserve=5, approval_types=["Immobilization"])
    van.state_read_at = now
    van.state = STATE | {"updatedAt": now.isoformat()}
    van.save()
    done = make_action(van, "lock", state="done", status="Success", user=camille, sent_at=now, reason="…")
    for status in ("Accepted", "WakingUpVehicle", "SentToVehicle", "Success"):
        make_event(done, status)
    WakeUp.objects.create(action=done, vehicle=van, at=now)
    failed = make_action(van, "honk", state="done", status="Failed", failure_cause="DoorsOpen", sent_at=now)
    make_event(failed, "Failed", cause="DoorsOpen")
    end_by_us(
        make_action(van, user=camille),
        Why(codes.EXPIRED, life=Why(codes.MINUTES, number=5)),
        state=RemoteAction.State.EXPIRED,
    )
    end_by_us(make_action(van, "immobilise"), Why(codes.REFUSED, why="12"))
    make_action(van, "unlock", why=Why(codes.DOWN))
    make_action(van, "immobilise", state="waiting-approval", user=camille, why=Why(codes.APPROVAL))
    make_action(
        van,
        "find",
        state="unknown",
        sent_at=now,
        attempts=1,
        why=Why(CUT),
    )
    SendingStop.objects.create(fleet=world.lyon, reason="12", stopped_by=camille)
    GatewayHealth.objects.create(gateway=van.gateway, state="down", since=now, why=Why(codes.IS_SILENT), burst_limit=5)
    body = {"callback": {"webhook": {"target": "https://example.com/x", "name": "12"}}}
    callback = Callback(
        fleet=world.lyon, status="Failed", status_reason="5 notifications in a row did not arrive.", status_at=now
    )
    callback.register(decode_subscribe(body))
    callback.save()
    raise_alert(
        Alert.Kind.WAKE_UPS,
        world.lyon.pk,
        van.public_id,
        "Van 1 can be woken up again for any remote action.",
        vehicle=van,
    )
    _leave_out(world.lyon, van)
    return world


def _leave_out(fleet: Fleet, van: Vehicle) -> None:
    now = timezone.now()
    given = {"gateway": van.gateway, "fleet": fleet, "upstream_fleet": "12", "since": now, "seen_at": now}
    LeftOut.objects.create(upstream_id="34", why=Why(sync_codes.ID_OF_ANOTHER, vin=van.vin), times=2, **given)
    LeftOut.objects.create(vin="12", why=Why(sync_codes.LONG_ID, most=200), **given)


@pytest.fixture
def ids(busy: World) -> dict[str, str]:
    """What stands in the addresses of pages."""
    fleet, camille = busy.lyon, busy.camille
    callback = Callback.objects.get()
    bulk, stopped = make_bulk(fleet, camille), make_bulk(fleet, camille)
    begin(stopped, camille)
    stop(stopped, camille)
    found: dict[str, Any] = {
        "callback": callback,
        "bulk": bulk,
        "stopped": stopped,
        "schedule": make_schedule(fleet, camille),
        "command": save(fleet, "12", remote_of("honk"), camille),
        "view": SavedView.objects.create(fleet=fleet, owner=camille, name="12", query="outcome=failed"),
        "vehicle": busy.van,
        "import": check(fleet, camille, "12", f"VIN,Label,12\n{busy.van.vin},34".encode()),
        "wrong_import": check(fleet, camille, "12", b'VIN,Label,12\n12,34\n,,\n34,1,2,3,4,5\n"12'),
        **_actions(),
    }
    given = {name: row.public_id for name, row in found.items()}
    return given | {"fleet": f"/fleets/{fleet.public_id}", "batch": str(send_test(callback).pk)}


def _actions() -> dict[str, RemoteAction]:
    by = RemoteAction.objects.order_by("pk").filter
    return {
        "failed": by(failure_cause="DoorsOpen")[0],
        "expired": by(state="expired")[0],
        "refused": by(why__code=codes.REFUSED)[0],
        "waiting": by(state="waiting-approval")[0],
        "unknown": by(state="unknown")[0],
    }


STATE: dict[str, Any] = {
    "doorsState": {"lockedStates": ["Unlocked"], "opening": [{"identifier": "Trunk", "state": "Open"}]},
    "ignition": {"type": "Start"},
    "kinetic": {"moving": True, "speed": 30},
    "energies": [
        {
            "type": "Electric",
            "level": 12,
            "autonomy": 40,
            "extension": {"electric": {"charging": {"status": "InProgress", "plugged": True}}},
        }
    ],
    "lightingSystem": {"turn": [{"status": "On"}]},
    "preconditioning": {"airConditioning": {"status": "Enabled"}},
    "odometer": {"mileage": 1234},
    "lastPosition": {"geometry": {"coordinates": [4.8, 45.7]}},
    "privacy": {"state": "Geolocation"},
    "battery": {"voltage": 40},
    "alarm": {"status": {"activation": "Active"}},
    "stolen": {"state": True},
}

NAMES = (
    *(
        "FleetRemote",
        "Lyon",
        "Van 1",
        "viktor",
        "camille",
        "AB-123-CD",
        "Peugeot",
        "e-Expert",
        "UTC",
        "https://example.com/x",
    ),
    *("https://booking.example.com/fleetremote", "km/h", "km", "min", "Standard Webhooks", "Gateway", "VIN", "Morning"),
)

PAGES = (
    "/",
    "{fleet}",
    "{fleet}?outcome=nonsense&below=0",
    "{fleet}/overview",
    "{fleet}/actions",
    "{fleet}/actions?cause=nonsense",
    "{fleet}/wake-ups",
    "{fleet}/vehicles/{vehicle}",
    *(f"{{fleet}}/vehicles/{{vehicle}}/{tab}" for tab in ("history", "programs", "schedules", "record")),
    "{fleet}/vehicles/{vehicle}/history?outcome=failed",
    "{fleet}/vehicles/{vehicle}/news",
    "{fleet}/vehicles/{vehicle}/actions?command=immobilise",
    "{fleet}/vehicles/{vehicle}/actions/{waiting}/approve",
    "{fleet}/vehicles/{vehicle}/actions/{unknown}/decide",
    *(f"{{fleet}}/vehicles/{{vehicle}}/actions/new?type={name}" for name in REMOTE_TYPES),
    *(
        f"{{fleet}}/vehicles/{{vehicle}}/actions/{{{name}}}{part}"
        for name in ("refused", "unknown")
        for part in ("", "/record", "/explain")
    ),
    *(f"{{fleet}}/vehicles/{{vehicle}}/actions/{{{name}}}/explain" for name in ("failed", "expired")),
    "{fleet}/vehicles/{vehicle}/actions/{refused}/again",
    "{fleet}/sending",
    "{fleet}/sending/stop",
    "{fleet}/sending/lift",
    "{fleet}/sending/rules",
    "{fleet}/orphans",
    "{fleet}/unread",
    "{fleet}/callbacks",
    "{fleet}/callbacks/new",
    *(
        f"{{fleet}}/callbacks/{{callback}}{part}"
        for part in ("", "/attempts", "/edit", "/delete", "/secret", "/replay")
    ),
    "{fleet}/callbacks/{callback}/replay?what=failures&since=2026-01-01T00:00",
    "{fleet}/callbacks/{callback}/notifications/{batch}",
    "{fleet}/alerts",
    "{fleet}/alerts/past",
    "{fleet}/alerts/webhooks/new",
    "{fleet}/bulk",
    "{fleet}/bulk/new?all=yes",
    "{fleet}/bulk/new?all=yes&kind=Locking",
    "{fleet}/bulk/{bulk}",
    "{fleet}/bulk/{stopped}",
    "{fleet}/schedules",
    "{fleet}/schedules/new",
    *(f"{{fleet}}/schedules/{{schedule}}{part}" for part in ("", "/edit", "/end")),
    "{fleet}/commands",
    "{fleet}/commands/new",
    "{fleet}/commands/new?type=Charging",
    *(f"{{fleet}}/commands/{{command}}{part}" for part in ("/rename", "/delete")),
    "{fleet}/views/new",
    "{fleet}/labels",
    "{fleet}/labels/{import}",
    "{fleet}/labels/{wrong_import}",
    "{fleet}/left-out",
    *(f"{{fleet}}/views/{{view}}{part}" for part in ("", "/delete")),
)


def test_english_would_be_seen(camille: Client, busy: World):
    found = left_over(camille.get(busy.page_of(busy.van)).content.decode(), NAMES)
    assert {"Newest actions", "Lock", "Doors", "State and commands"} <= set(found)


@pytest.mark.drawn("pages without English", 20, of="tests")
@pytest.mark.parametrize("page", PAGES)
def test_no_english_is_left(reader: Client, busy: World, ids: dict[str, str], page: str):
    answer = reader.get(page.format(**ids), follow=True)
    assert answer.status_code in (200, 405, 422)
    assert left_over(answer.content.decode(), (*NAMES, busy.van.vin)) == []


@pytest.mark.parametrize(
    ("page", "given"),
    [
        ("{fleet}/vehicles/{vehicle}/actions", {"command": "nonsense"}),
        ("{fleet}/vehicles/{vehicle}/actions", {"command": "immobilise", "confirmed": "yes", "reason": ""}),
        ("{fleet}/vehicles/{vehicle}/actions/new?type=Charging", {"way": "later", "at": "nonsense"}),
        ("{fleet}/vehicles/{vehicle}/actions/new?type=Navigation", {"latitude1": "200", "longitude1": "x"}),
        ("{fleet}/vehicles/{vehicle}/actions/{unknown}/decide?happened=yes", {"happened": "yes"}),
        ("{fleet}/sending/rules", {"moving_minutes": "x", "wake_ups_a_month": "2", "wake_reserve": "5"}),
        ("{fleet}/sending/stop", {"reason": ""}),
        ("{fleet}/sending/lift", {}),
        ("{fleet}/callbacks/new", {"name": "", "target": "ftp://x", "batches": "each", "policy": "Bounded"}),
        (
            "{fleet}/callbacks/new",
            {"name": "12", "target": "https://a.example", "policy": "Bounded", "retry_delay": "0"},
        ),
        ("{fleet}/callbacks/{callback}/replay", {"what": "x", "since": "y"}),
        ("{fleet}/schedules/new", {"times": "weekly"}),
        ("{fleet}/commands/new?type=Charging", {"name": ""}),
        ("{fleet}/bulk/new", {"all": "yes", "check": "yes", "pace": "x"}),
        ("{fleet}/views/new", {"name": ""}),
    ],
)
def test_no_english_is_left_in_what_is_wrong(
    reader: Client, busy: World, ids: dict[str, str], page: str, given: dict[str, str]
):
    answer = reader.post(page.format(**ids), given, follow=True)
    assert answer.status_code in (200, 422)
    assert left_over(answer.content.decode(), (*NAMES, busy.van.vin)) == []


def test_nor_for_those_who_may_only_look(viktor: Client, busy: World, monkeypatch: pytest.MonkeyPatch):
    viktor.cookies["fleetremote_language"] = "fr"
    put_in_brackets(monkeypatch)
    fleet = f"/fleets/{busy.lyon.public_id}"
    for path in (
        busy.page_of(busy.van),
        f"{fleet}/sending",
        f"{fleet}/callbacks",
        f"{fleet}/overview",
        f"{fleet}/bulk/new",
    ):
        answer = viktor.get(path)
        assert answer.status_code in (200, 403), path
        assert left_over(answer.content.decode(), (*NAMES, busy.van.vin)) == [], path


def test_nor_for_admins_in_what_is_left_out(busy: World, log_in: LogIn, monkeypatch: pytest.MonkeyPatch):
    now, gateway = timezone.now(), busy.van.gateway
    problem = Why(sync_codes.FLEETS_UNREAD, why=Why(CUT)).document()
    LastSync.objects.create(gateway=gateway, began_at=now, ended_at=now, left_out=2, problems=[problem])
    root = log_in(make_person("root", busy.lyon, is_superuser=True))
    root.cookies["fleetremote_language"] = "fr"
    put_in_brackets(monkeypatch)
    for path in ("/", f"/connections/gateways/{gateway.pk}/left-out"):
        answer = root.get(path)
        assert answer.status_code == 200, path
        assert left_over(answer.content.decode(), (*NAMES, busy.van.vin, "root", "Paris")) == [], path


def test_nor_in_an_empty_fleet(reader: Client, world: World):
    fleet = f"/fleets/{world.lyon.public_id}"
    parts = (
        "",
        "/overview",
        "/actions",
        "/sending",
        "/callbacks",
        "/alerts",
        "/bulk",
        "/schedules",
        "/commands",
        "/orphans",
        "/unread",
    )
    for path in (*(f"{fleet}{part}" for part in parts), world.page_of(world.van)):
        answer = reader.get(path)
        assert answer.status_code == 200, path
        assert left_over(answer.content.decode(), (*NAMES, world.van.vin)) == [], path


@pytest.mark.parametrize("path", ["/nowhere", "/fleets/abc"])
def test_nor_for_those_who_are_lost(reader: Client, path: str):
    answer = reader.get(path)
    assert answer.status_code == 404
    assert left_over(answer.content.decode(), NAMES) == []


def test_nor_before_one_logs_in(db: None, monkeypatch: pytest.MonkeyPatch):
    client = Client()
    client.cookies["fleetremote_language"] = "fr"
    put_in_brackets(monkeypatch)
    assert left_over(client.get("/login").content.decode(), NAMES) == []
    assert left_over(client.post("/login", {"username": "x", "password": "y"}).content.decode(), NAMES) == []
    for path in ("/password", "/password/sent", "/password/new"):
        assert left_over(client.get(path).content.decode(), NAMES) == [], path
    for _ in range(10):
        answer = client.post("/login", {"username": "x", "password": "y"})
    assert (answer.status_code, left_over(answer.content.decode(), NAMES)) == (429, [])


def test_nor_in_one_s_own_account(reader: Client, world: World):
    for path in ("/account", "/account/password", "/account/address", "/account/address/x"):
        assert left_over(reader.get(path).content.decode(), (*NAMES, "127.0.0.1")) == [], path
    refused = reader.post("/account/password", {"old_password": "x", "new_password1": "y", "new_password2": "z"})
    assert left_over(refused.content.decode(), NAMES) == []
