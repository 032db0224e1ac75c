"""What is written of changed rows: whatever the door, by whom, with values before and after, and nothing secret."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from fleets import api_tokens
from fleets.audit.doer import Doer, command_line, doer, doing, unrecorded
from fleets.audit.entries import Actor, Origin
from fleets.models import AccessToken, ApiClient, ApiToken, AuditEntry, Fleet, Gateway, Membership, SavedView, Vehicle
from tests.world import make_fleet, make_person, make_vehicle

pytestmark = pytest.mark.django_db

ANA = Doer(Actor("ana", user_id=7), Origin.ADMIN)
SECRET = "a-canary-that-sings"


def by_ana():
    return doing(lambda: ANA)


def told() -> list[tuple[str, str, Any]]:
    entries = AuditEntry.objects.filter(kind="changed").order_by("pk")
    return [(one.document["what"], one.document["of"], one.document["fields"]) for one in entries]


def test_nothing_is_written_where_nobody_is_at_work():
    assert doer() is None
    make_person("camille", make_fleet())
    with by_ana(), unrecorded():
        Fleet.objects.create(name="Lyon")
    assert not told()


def test_old_tokens_are_forgotten_by_a_worker_without_a_look_at_each(django_assert_max_num_queries: Any):
    client = ApiClient.objects.create(name="Depot")
    at = timezone.now() - timedelta(days=1)
    asked = {"client": client, "secret": client.add_secret("x"), "scopes": [], "issued_at": at, "expires_at": at}
    ApiToken.objects.bulk_create(ApiToken(digest=f"{number:064}", **asked) for number in range(20))
    with django_assert_max_num_queries(5):
        api_tokens.forget_old()
    assert not ApiToken.objects.exists()


def test_a_command_line_is_told_by_its_name():
    with doing(lambda: command_line("createsuperuser")):
        call_command("createsuperuser", username="root", email=f"{SECRET}@example.com", interactive=False, verbosity=0)
    # An admin approves, which is another.
    entry, approver = AuditEntry.objects.order_by("pk")
    assert approver.document["of"] == "approver"
    assert (entry.who, entry.origin, entry.document["name"]) == ("FleetRemote: createsuperuser", "command", "root")
    assert entry.document["fields"] == {"username": "root", "is_active": True, "is_staff": True, "is_superuser": True}


def test_only_what_differs_is_told_and_a_save_without_a_change_is_none():
    fleet = make_fleet("Lyon")
    with by_ana():
        fleet.save()
        fleet.name = "Lyon Sud"
        fleet.save()
        fleet.description = "South"
        fleet.save(update_fields=["updated_at"])
    assert told() == [("changed", "fleet", {"name": ["Lyon", "Lyon Sud"]})]


def test_saves_that_touch_nothing_of_it_cost_no_statement():
    person = make_person("camille")
    with (
        by_ana(),
        CaptureQueriesContext(
            connection,
        ) as queries,
    ):
        person.save(update_fields=["last_login"])
    assert len(queries) == 1


def test_what_is_deleted_along_is_told_as_well():
    lyon = make_fleet("Lyon")
    camille = make_person("camille", lyon)
    with by_ana():
        camille.delete()
    assert [(what, of) for what, of, _ in told()] == [
        ("ended", "approver"),
        ("deleted", "membership"),
        ("deleted", "person"),
    ]
    membership = AuditEntry.objects.get(document__of="membership")
    assert membership.fleet_id == lyon.pk
    assert (membership.document["fields"]["person"], membership.who) == ("camille", "ana")


def test_rights_are_told_from_either_side():
    lyon, client = make_fleet("Lyon"), ApiClient.objects.create(name="Booking", client_id="b", username="b")
    with by_ana():
        lyon.api_clients.add(client)
        client.fleets.remove(lyon)
        client.fleets.remove(lyon)
        client.fleets.clear()
        client.fleets.set([lyon])
        lyon.api_clients.clear()
    assert [fields for _, of, fields in told() if of == "API client"] == [
        {"fleets": {"added": ["Lyon"]}},
        {"fleets": {"removed": ["Lyon"]}},
        {"fleets": {"added": ["Lyon"]}},
        {"fleets": {"removed": ["Lyon"]}},
    ]


def test_no_secret_of_an_account_is_told():
    with by_ana():
        gateway = Gateway.objects.create(
            name="Stellantis", base_url=f"https://api.example.com/{SECRET}", password=SECRET, client_id=SECRET
        )
        gateway.proxy, gateway.private_key = f"http://{SECRET}@proxy", SECRET
        gateway.save()
    (_, _, made), (_, _, changed) = told()
    assert made["host"] == "api.example.com"
    assert changed == {"proxy": ["", "not told"], "private_key": ["", "not told"]}
    assert SECRET not in json.dumps(list(AuditEntry.objects.values_list("document", "subject", "who")))


def test_views_of_ones_own_are_nobodys_business():
    fleet = make_fleet()
    with by_ana():
        view = SavedView.objects.create(fleet=fleet, name="Mine", query="q=1")
        view.query = "q=2"
        view.save()
        assert not told()
        view.shared = True
        view.save()
        view.shared = False
        view.save()
        view.delete()
    assert [what for what, _, _ in told()] == ["changed", "changed"]


def test_vehicles_are_told_where_a_person_changes_one():
    van = make_vehicle(make_fleet(), "Van")
    with doing(lambda: command_line("sync")):
        van.label = "Van 2"
        van.save()
    assert not told()
    with by_ana():
        van.plate = "AB-123-CD"
        van.save()
    assert told() == [("changed", "vehicle", {"plate": ["", "AB-123-CD"]})]
    entry = AuditEntry.objects.get()
    assert (entry.vehicle_id, entry.fleet_id, entry.subject) == (van.pk, van.fleet_id, van.public_id)
    assert Vehicle.objects.get().plate == "AB-123-CD"


def test_tokens_that_are_ended_by_hand_are_told_and_those_that_end_by_themselves_are_not():
    client = ApiClient.objects.create(name="Booking", client_id="b", username="b")
    secret = client.add_secret("x")
    api_tokens.issue(secret, api_tokens.new_token(), [])
    api_tokens.issue(secret, api_tokens.new_token(), [])
    gateway = Gateway.objects.create(name="Stellantis", base_url="https://api.example.com/v1")
    with by_ana():
        client.tokens.latest("pk").delete()
        AccessToken.objects.get_or_create(pk=gateway.pk)[0].delete()
    assert [(what, of) for what, of, _ in told()] == [("deleted", "API client's token"), ("deleted", "account's token")]
    ApiToken.objects.update(expires_at=timezone.now())
    api_tokens.forget_old()
    assert (len(told()), ApiToken.objects.count()) == (2, 0)


def test_what_is_undone_leaves_no_entry():
    with by_ana(), transaction.atomic():
        Membership.objects.create(user=User.objects.create(username="x"), fleet=make_fleet(), role="manager")
        transaction.set_rollback(True)
    assert not told()


@pytest.mark.django_db(transaction=True)
def test_what_can_t_be_written_down_is_not_changed_either(monkeypatch: pytest.MonkeyPatch):
    """Also where nobody has begun a transaction, as Django's admin for passwords, its actions and commands."""
    camille = make_person("camille", make_fleet())

    def fail(*_: Any, **__: Any) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("fleets.audit.changes.record_changed", fail)
    with by_ana():
        for name in ("camille", "another"):
            camille.is_active, camille.username = False, name
            with pytest.raises(OSError, match="disk full"):
                camille.save()
        with pytest.raises(OSError, match="disk full"):
            User.objects.create(username="new")
    assert list(User.objects.values_list("username", "is_active")) == [("camille", True)]
