"""What a person changes, enters, takes away or looks at, by a page or the admin, stands in the audit: who, and what."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.core.mail.message import EmailMessage
from django.test import Client
from django.utils import timezone

from fleets.audit.entering import FAILURES, Failures
from fleets.models import ApiClient, AuditEntry, Gateway, Membership
from tests.callbacks.outbox_world import make_callback
from tests.console.conftest import LogIn, World
from tests.console.people.conftest import granted, invited, link_in, mails_to
from tests.world import PASSWORD, make_person

SECRET = "a-canary-that-sings"
PLACE = {"lastPosition": {"type": "Feature", "geometry": {"type": "Point", "coordinates": [4.8357, 45.764]}}}


@pytest.fixture
def root(world: World, log_in: LogIn) -> Client:
    return log_in(make_person("root", is_superuser=True, is_staff=True))


@pytest.fixture(autouse=True)
def _no_failures_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    fresh = Failures()
    monkeypatch.setattr(FAILURES, "left_out_before", fresh.left_out_before)


def entries(kind: str = "changed") -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(kind=kind).order_by("pk"))


def told(kind: str = "changed") -> list[tuple[str, str, str, Any]]:
    """Who, from where, what, and of what kind."""
    return [(one.who, one.origin, one.document["what"], one.document.get("of")) for one in entries(kind)]


def nothing_secret() -> bool:
    """Nothing of what is hidden stands in any entry."""
    kept = json.dumps(list(AuditEntry.objects.values_list("document", "subject", "reason", "who")))
    return SECRET not in kept and "pbkdf2" not in kept and "whsec_" not in kept


def test_a_callback_is_registered_changed_paused_given_a_secret_and_deleted(world: World, camille: Client):
    base = f"/fleets/{world.lyon.public_id}/callbacks"
    callback = make_callback(world.lyon, attributes=[{"type": "Header", "key": "Authorization", "value": SECRET}])
    page = f"{base}/{callback.public_id}"
    assert not entries(), "what nobody did by a door is not written"
    for part in ("/pause", "/resume", "/secret", "/delete"):
        assert camille.post(page + part).status_code == 303
    assert told() == [
        ("camille", "page", "changed", "callback"),
        ("camille", "page", "changed", "callback"),
        ("camille", "page", "given new secrets", "callback"),
        ("camille", "page", "deleted", "callback"),
    ]
    paused = entries()[0]
    assert paused.document["fields"]["status"] == ["Running", "Paused"]
    assert (paused.subject, paused.fleet_id, paused.user_id) == (callback.public_id, world.lyon.pk, world.camille.pk)
    assert nothing_secret()


def test_a_callback_that_is_made_is_told_without_its_address_and_values(world: World, camille: Client):
    target = f"https://example.com:8443/{SECRET}"
    form = {"name": "Booking", "target": target, "policy": "Bounded", "batches": "each"}
    assert camille.post(f"/fleets/{world.lyon.public_id}/callbacks/new", form).status_code == 303
    (entry,) = entries()
    assert (entry.document["what"], entry.document["fields"]["host"]) == ("created", "example.com:8443")
    assert nothing_secret()


def test_members_are_made_and_changed_on_pages(
    world: World, root: Client, viktor: Client, mailoutbox: list[EmailMessage]
):
    people = f"/fleets/{world.paris.public_id}/people"
    asked_in = invited("viktor@example.com", "viewer", world.paris.public_id)
    assert root.post(f"{people}/new", asked_in).status_code == 303
    viktor.get(link_in(mails_to(mailoutbox, "viktor@example.com")[0]))
    assert viktor.post("/invitation").status_code == 303
    made = Membership.objects.get(user=world.viktor, fleet=world.paris)
    assert root.post(f"{people}/{made.pk}", granted("manager")).status_code == 303
    # The admin only shows them.
    viewer = {"user": world.viktor.pk, "fleet": world.paris.pk, "role": "viewer"}
    chosen = {"action": "delete_selected", "_selected_action": [made.pk], "post": "yes"}
    base = "/admin/fleets/membership"
    assert root.get(f"{base}/{made.pk}/change/").status_code == 200
    for path in ("/add/", f"/{made.pk}/change/", f"/{made.pk}/delete/"):
        assert root.post(base + path, viewer | {"post": "yes"}).status_code == 403
    root.post(f"{base}/", chosen)
    assert Membership.objects.get(pk=made.pk).role == "manager"
    assert root.post(f"{people}/{made.pk}/remove").status_code == 303
    assert not Membership.objects.filter(pk=made.pk).exists()
    assert [one for one in told() if one[3] == "membership"] == [
        ("viktor", "page", "created", "membership"),
        ("root", "page", "changed", "membership"),
        ("root", "page", "deleted", "membership"),
    ]
    created, raised, _ = (one for one in entries() if one.document["of"] == "membership")
    given = {name: created.document["fields"][name] for name in ("role", "person", "fleet")}
    assert given == {"role": "viewer", "person": "viktor", "fleet": "Paris"}
    assert raised.document["fields"] == {"role": ["viewer", "manager"]}
    assert raised.fleet_id == world.paris.pk


def test_the_admin_makes_accounts(world: World, root: Client):
    gateway = {"name": "Stellantis", "dialect": "v3", "base_url": "https://api.example.com/v3", "password": SECRET}
    assert root.post("/admin/fleets/gateway/add/", gateway).status_code == 302
    assert Gateway.objects.get(name="Stellantis").password == SECRET
    assert told() == [("root", "admin", "created", "account")]
    assert nothing_secret()


def test_an_api_client_is_made_and_changed_on_pages_and_told_without_its_password(world: World, root: Client):
    limits = {"every_type": "on", "day_limit": 10, "burst_limit": 5, "secret_name": "Night", "days": "90"}
    form = {"name": "Booking", "fleets": [world.lyon.pk], **limits}
    assert root.post(f"/fleets/{world.lyon.public_id}/clients/new", form).status_code == 200
    row = ApiClient.objects.get()
    assert root.post(f"/clients/{row.public_id}/edit", {**form, "fleets": [world.paris.pk]}).status_code == 303
    assert root.post(f"/clients/{row.public_id}/end").status_code == 303
    assert root.post(f"/clients/{row.public_id}/passwords/{row.secrets.get().pk}/end").status_code == 303
    assert told() == [
        *[("root", "page", what, "API client") for what in ("created", "changed")],
        ("root", "page", "created", "API client's password"),
        *[("root", "page", "changed", "API client")] * 3,
        ("root", "page", "ended", "API client's password"),
    ]
    of_client = entries()
    assert of_client[0].document["fields"]["owner"] == "root"
    assert of_client[1].document["fields"] == {"fleets": {"added": ["Lyon"]}}
    assert of_client[5].document["fields"] == {"active": [True, False]}
    assert row.secrets.get().digest not in json.dumps([one.document for one in of_client])
    # The admin only shows it.
    add = f"/admin/fleets/apiclient/{row.pk}/change/"
    assert root.get(add).status_code == 200
    for path in ("/admin/fleets/apiclient/add/", add, f"/admin/fleets/apiclient/{row.pk}/delete/"):
        assert root.post(path, {**form, "post": "yes"}).status_code == 403
    assert ApiClient.objects.get().name == "Booking"


def test_a_password_and_a_right_that_are_given_are_told(world: World, root: Client):
    url = f"/admin/auth/user/{world.viktor.pk}"
    new = {"password1": SECRET, "password2": SECRET, "usable_password": "true"}
    assert root.post(f"{url}/password/", new).status_code == 302
    (entry,) = entries()
    # As it stands where a secret is masked.
    assert entry.document == {"what": "changed", "of": "person", "name": "viktor", "fields": {"password": "***"}}
    more = {"username": "viktor", "email": f"{SECRET}@example.com", "is_superuser": "on", "is_active": "on"}
    dates = {"date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    assert root.post(f"{url}/change/", more | dates).status_code == 302
    (_, raised), (approver,) = ([one for one in entries() if one.document["of"] == of] for of in ("person", "approver"))
    # Whoever is made an admin approves nothing until somebody else has confirmed them.
    assert approver.document["fields"] == {"person": "viktor", "given_by": "root"}
    assert raised.document["fields"] == {"is_superuser": [False, True], "email": ["", "not told"]}
    assert nothing_secret()


def test_who_looks_where_a_vehicle_is_is_written_once_an_hour(world: World, camille: Client, root: Client):
    page = world.page_of(world.van)
    camille.get(page)
    assert not entries("looked"), "there is no position"
    vehicle = world.van
    vehicle.state, vehicle.state_read_at = PLACE, timezone.now()
    vehicle.save()
    for _ in range(3):
        assert "45.7640" in camille.get(page).content.decode()
        assert camille.get(f"{page}/news").status_code == 200
    assert root.get(f"/admin/fleets/vehicle/{vehicle.pk}/change/").status_code == 200
    assert told("looked") == [
        ("camille", "page", "saw its position", None),
        ("root", "admin", "saw its position", None),
    ]
    (look, _) = entries("looked")
    assert (look.vehicle_id, look.fleet_id, look.document["vin"]) == (vehicle.pk, world.lyon.pk, vehicle.vin)
    assert "45.7" not in json.dumps(look.document)


def test_every_list_that_is_taken_away_is_told_with_its_filter_and_length(world: World, camille: Client):
    base = f"/fleets/{world.lyon.public_id}"
    for path in ("/vehicles.csv?q=Van", "/actions.csv", "/labels.csv"):
        answer: Any = camille.get(base + path)
        assert b"".join(answer.streaming_content)
    assert [(one.document["what"], one.document["rows"], one.document["whole"]) for one in entries("exported")] == [
        ("the vehicles", 1, True),
        ("the actions", 0, True),
        ("labels and plates", 1, True),
    ]
    first = entries("exported")[0]
    assert (first.document["filter"], first.fleet_id, first.who) == ({"q": "Van"}, world.lyon.pk, "camille")


def test_a_list_that_is_broken_off_is_told_as_far_as_it_went(world: World, camille: Client):
    answer: Any = camille.get(f"/fleets/{world.lyon.public_id}/labels.csv")
    lines: Any = iter(answer.streaming_content)
    next(lines)
    assert not entries("exported")
    # As a server does whose reader has gone; the test's own way would close the database as well.
    for close in answer._resource_closers:
        close()
    (entry,) = entries("exported")
    assert (entry.document["rows"], entry.document["whole"]) == (0, False)
    assert camille.head(f"/fleets/{world.lyon.public_id}/labels.csv").status_code == 200
    assert len(entries("exported")) == 1, "nothing was taken away"


def test_log_ins_that_succeed_and_fail_and_log_outs_are_told(world: World):
    client = Client()
    client.post("/login", {"username": "camille", "password": SECRET})
    client.post("/login", {"username": "camille", "password": SECRET})
    client.post("/login", {"username": "camille", "password": PASSWORD})
    client.post("/logout")
    assert [(one.who, one.document["what"], one.document["address"]) for one in entries("entered")] == [
        ("Nobody who has logged in", "failed to log in", "127.0.0.1"),
        ("camille", "logged in", "127.0.0.1"),
        ("camille", "logged out", "127.0.0.1"),
    ]
    failed = entries("entered")[0]
    assert (failed.subject, failed.document["name"]) == ("name camille", "camille")
    Client().post("/login", {"username": "viktor", "password": SECRET})
    assert entries("entered")[-1].document["leftOut"] == 1
    assert nothing_secret()


def test_failed_log_ins_never_fill_the_audit(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("fleets.audit.entering.MOST_FAILED", 3)
    failures, now = Failures(), timezone.now()
    found = [failures.left_out_before(f"name {number}", "192.0.2.1", now) for number in range(10)]
    assert found == [0, 0, 0, *[None] * 7]
    assert failures.left_out_before("name 1", "192.0.2.1", now + timedelta(hours=1)) == 7


def test_a_map_in_a_form_is_a_look_too(world: World, camille: Client):
    world.van.state = PLACE
    world.van.save()
    assert "45.764" not in camille.get(world.page_of(world.van, "/actions/new?type=Horn")).content.decode()
    assert not entries("looked")
    form = camille.get(world.page_of(world.van, "/actions/new?type=Navigation"))
    assert "45.764" in form.content.decode()
    assert told("looked") == [("camille", "page", "saw its position", None)]
