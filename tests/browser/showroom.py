"""A fleet with one of everything, so that each page has something to show. Run inside the server by `showroom`."""

import json
from datetime import timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from alerts.raising import clear_alert, raise_alert
from callbacks.models import Callback
from callbacks.trial import send_test
from campaigns import saved_commands
from campaigns.bulk.acting import stop as stop_bulk
from connections import codes as connecting
from connections.models import Connection
from connections.steps import Notes
from fleets.labels import imports
from fleets.models import (
    ApiClient,
    AuditEntry,
    Fleet,
    Gateway,
    LastSync,
    LeftOut,
    Membership,
    Proposal,
    SavedView,
    UpstreamFleet,
    Vehicle,
)
from fleets.people.giving import Grant
from fleets.people.invitations import invite
from fleets.places.saved import save as save_place
from fleets.programs.secrets import end as end_secret
from fleets.proposals import propose
from fleets.sync import codes
from protocol.v3 import decode_subscribe
from protocol.why import Why
from remotes.asking.ask import Wishes, request_action
from remotes.life.endings import end_by_us
from remotes.models import Alert, FleetRules, RemoteAction, Review, SendingStop
from tests.campaigns.bulk_world import begin, make_bulk, remote_of
from tests.campaigns.schedule_world import make_schedule
from tests.console.sending.test_orphans import tell
from tests.console.sending.unreadable import tell_unread
from tests.tls.authority import new_authority
from tests.world import make_action, make_event, written

NAME = "Showroom"


@transaction.atomic
def load(target: str) -> dict[str, str]:
    """Make it, with a callback to `target`; gives the public ids, by what they are of."""
    demo, colleague = User.objects.get(username="demo"), _colleague()
    fleet = Fleet.objects.create(name=NAME)
    for person in (demo, colleague):
        Membership.objects.create(user=person, fleet=fleet, role="manager")
    vehicles = _vehicles(fleet)
    view = SavedView.objects.create(fleet=fleet, owner=demo, name="Failed ones", query="outcome=failed")
    callback = _callback(fleet, target)
    alert = _alerts(fleet, vehicles[0], callback)
    command = saved_commands.save(fleet, "Find it", remote_of("honk"), demo)
    schedule = make_schedule(fleet, demo, name="Every morning")
    bulk, stopped = make_bulk(fleet, demo), make_bulk(fleet, demo)
    begin(stopped, demo)
    stop_bulk(stopped, demo)
    actions = _actions(fleet, vehicles[0], demo, colleague)
    _, token = invite(demo, "new@example.com", [fleet], Grant(role="support", remote_types=("Locking",)), "en")
    return {
        "member_id": str(Membership.objects.get(user=colleague, fleet=fleet).pk),
        "person_id": str(colleague.pk),
        "invitation_token": token,
        "fleet_id": fleet.public_id,
        "vehicle_id": vehicles[0].public_id,
        "view_id": view.public_id,
        "callback_id": callback.public_id,
        "alert_webhook_id": _callback(fleet, target, name="Alerts", for_alerts=True).public_id,
        "batch_id": str(send_test(callback).pk),
        "alert_id": alert.public_id,
        "command_id": command.public_id,
        "place_id": save_place(fleet, "Depot of the showroom", (45.73, 4.83), demo).public_id,
        "schedule_id": schedule.public_id,
        "bulk_id": bulk.public_id,
        "stopped_bulk_id": stopped.public_id,
        "import_id": _label_import(fleet, vehicles, demo),
        "gateway_id": str(_left_out(fleet, vehicles[0])),
        "stopped_fleet_id": _stopped_fleet(demo).public_id,
        "connection_id": _connection(demo).public_id,
        "proposal_id": propose(fleet, "rules", {"approval_types": ["Stolen"]}, by=colleague, reason="Once.").public_id,
        "of_all_id": propose(None, "approver", {"approver": 0, "user": 0}, by=colleague).public_id,
        "review_id": _sent_alone(fleet, vehicles[0], colleague),
        **_client(fleet, colleague),
        "entry_id": str(AuditEntry.objects.filter(fleet=fleet, kind="asked").latest("pk").pk),
        **actions,
    }


def _sent_alone(fleet: Fleet, vehicle: Vehicle, by: User) -> str:
    action = make_action(vehicle, "immobilise", state="done", status="Success", user=by)
    review = Review(fleet=fleet, action=action, by=by, reason="The thief is at the gate.", at=timezone.now())
    review.save()
    return review.public_id


def _client(fleet: Fleet, colleague: User) -> dict[str, str]:
    """One whose owner and the maker of one of its passwords has left, with one of each kind."""
    gone = User.objects.create(username="Showroom's former manager", is_active=False)
    client = ApiClient.objects.create(client_id="showroom", name=NAME, username="showroom", owner=gone)
    client.fleets.add(fleet)
    secret = client.add_secret("showroom", "Server 1", by=gone)
    client.new_secret("Server 2", by=colleague, ends_at=timezone.now() + timedelta(days=20))
    end_secret(client.add_secret("showroom once", "Former server", by=colleague))
    return {"client_id": client.public_id, "secret_id": str(secret.pk)}


def _connection(demo: User) -> Connection:
    """One whose fleets are to be chosen, after steps of each kind."""
    connection = Connection.objects.create(
        name=NAME,
        base_url="https://api.example.com/connectedcar/v3",
        client_id="0123",
        username="partner",
        certificate=new_authority(NAME).client().pem,
        state=Connection.State.CHOOSING,
        found_fleets=[{"id": "0a1b", "name": "Lyon"}, {"id": "2c3d", "name": ""}],
        asked_by=demo,
    )
    notes = Notes(connection)
    notes.end("address", True, None)
    notes.end("limits", None, Why(connecting.NO_VEHICLES))
    notes.end("public-url", False, Why(connecting.BACK_NO_ANSWER, url="https://fleet.example.com"))
    notes.begin("sync", Why(connecting.READING, vehicles=1200))
    return connection


def leave() -> None:
    """Nobody sees it any more, and nothing of it goes on."""
    fleet = Fleet.objects.filter(name=NAME).latest("pk")
    Membership.objects.filter(fleet__name__startswith=NAME).delete()
    LeftOut.objects.filter(fleet__name=NAME).delete()
    ApiClient.objects.filter(name=NAME).delete()
    User.objects.filter(username="Showroom's former manager").delete()
    fleet.schedules.update(state="ended", next_run_at=None, next_day=None)
    Callback.objects.filter(fleet=fleet).update(deleted_at=timezone.now())
    now = timezone.now()
    RemoteAction.objects.filter(fleet=fleet, finished_at=None).update(
        state="done", status="Failed", finished_at=now, due_at=None
    )
    Review.objects.filter(fleet=fleet).update(closed_at=now)
    Proposal.objects.filter(outcome="open", asked_by__username="colleague").update(outcome="withdrawn", decided_at=now)


def _stopped_fleet(demo: User) -> Fleet:
    """Another one, to which nothing is sent."""
    fleet = Fleet.objects.create(name=f"{NAME}, closed")
    Membership.objects.create(user=demo, fleet=fleet, role="manager")
    SendingStop.objects.create(fleet=fleet, stopped_by=demo, reason="The workshop moves the vehicles.")
    return fleet


def _colleague() -> User:
    person, _ = User.objects.get_or_create(username="colleague")
    return person


def _vehicles(fleet: Fleet) -> list[Vehicle]:
    gateway = Gateway.objects.get(name="Simulator")
    # It stands at the gateway only in name, so that nobody asks there for it.
    place = {"fleet": fleet, "gateway": gateway, "upstream_id": f"showroom{fleet.pk}"}
    UpstreamFleet.objects.create(**place, gone_at=timezone.now())
    given: dict[str, Any] = {"fleet": fleet, "gateway": gateway, "brand": "Peugeot", "motorization": "Electric"}
    return [
        Vehicle.objects.create(
            vin=f"VF3SHWZKX{fleet.pk:05}{number:03}",
            upstream_id=f"showroom{fleet.pk}-{number}",
            label=f"Peugeot e-208 · Showroom {number}",
            plate=f"SH-{number:03}-OW",
            model="e-208",
            **given,
        )
        for number in range(1, 4)
    ]


def _callback(fleet: Fleet, target: str, name: str = "Booking", **values: Any) -> Callback:
    callback = Callback(fleet=fleet, **values)
    callback.register(decode_subscribe({"callback": {"webhook": {"target": target, "name": name}}}))
    callback.save()
    return callback


def _alerts(fleet: Fleet, vehicle: Vehicle, callback: Callback) -> Alert:
    """An open one, and one that is over."""
    raise_alert(Alert.Kind.WAKE_UPS, fleet.pk, vehicle.public_id, "Nearly all wake-ups are spent.", vehicle=vehicle)
    raise_alert(Alert.Kind.CALLBACK_FAILED, fleet.pk, callback.public_id, "The callback “Booking” fails.")
    clear_alert(Alert.Kind.CALLBACK_FAILED, fleet.pk, callback.public_id, "It takes notifications again.")
    return Alert.objects.get(fleet=fleet, cleared_at=None)


def _label_import(fleet: Fleet, vehicles: list[Vehicle], demo: User) -> str:
    """A file that would change two vehicles."""
    lines = [f"{vehicle.vin};Delivery van {place};" for place, vehicle in enumerate(vehicles[:2], 1)]
    data = "\n".join(["VIN;Label;Plate;Depot", *lines, f"{vehicles[2].vin};;"]).encode()
    return imports.check(fleet, demo, "Vans of the showroom.csv", data).public_id


def _left_out(fleet: Fleet, vehicle: Vehicle) -> int:
    """One vehicle is; gives the key of the gateway."""
    now, gateway = timezone.now(), vehicle.gateway
    LastSync.objects.get_or_create(gateway=gateway, defaults={"began_at": now, "ended_at": now})
    LastSync.objects.filter(gateway=gateway).update(left_out=1, problems=[Why(codes.FLEETS_UNREAD, why="…").document()])
    LeftOut.objects.create(
        gateway=gateway,
        fleet=fleet,
        upstream_fleet=f"showroom{fleet.pk}",
        vin="VF3SHOWROOM",
        upstream_id=f"showroom{fleet.pk}-x",
        why=Why(codes.NOT_A_VIN),
        times=2,
        since=now,
        seen_at=now,
    )
    return gateway.pk


def _actions(fleet: Fleet, vehicle: Vehicle, demo: User, colleague: User) -> dict[str, str]:
    """One that failed, one that was given up, one whose outcome is unknown, and one that waits for approval."""
    now = timezone.now()
    given = {"status": "Failed", "failure_cause": "PrivacyFull", "upstream_id": f"failed{fleet.pk}"}
    failed = make_action(vehicle, "unlock", state="done", user=demo, **given)
    make_event(failed, "Accepted", after=1)
    make_event(failed, "Failed", after=4, cause="PrivacyFull")
    given_up = make_action(vehicle, "honk", user=demo)
    end_by_us(given_up, written("It could not be sent in time."))
    later = now + timedelta(days=1)
    unknown = make_action(vehicle, "honk", state="unknown", user=demo, attempts=1, sent_at=now, due_at=later)
    FleetRules.objects.update_or_create(fleet=fleet, defaults={"approval_types": ["Immobilization"]})
    wishes = Wishes(timedelta(hours=1), reason="It was not returned.", origin=RemoteAction.Origin.PAGE)
    waiting = request_action(vehicle, remote_of("immobilise"), user=colleague, wishes=wishes)
    tell(fleet, vin=vehicle.vin)
    tell_unread(fleet, b'{"events": [{"vin": "%s"}]}' % vehicle.vin.encode())
    actions = {"failed": failed, "given_up": given_up, "unknown": unknown, "waiting": waiting}
    return {f"{name}_id": action.public_id for name, action in actions.items()}


def printed(target: str) -> None:
    print(json.dumps(load(target)))
