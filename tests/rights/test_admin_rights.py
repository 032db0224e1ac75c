"""Django's admin: who may look changes nothing, in no way; each other permission lets do what its name says."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.db.models import Model
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django.plugin import DjangoDbBlocker

from fleets.models import Vehicle
from tests.drawn import some
from tests.world import PASSWORD, make_fleet, make_person, make_vehicle

from .admin_world import Way, act, actions_of, form_as_it_is, name_of, one_of_each, ways
from .conftest import rows_written

pytestmark = pytest.mark.django_db

BY_LABEL = {model._meta.label: model for model in admin.site._registry}
LABELS = sorted(BY_LABEL)
MODELS = [BY_LABEL[label] for label in LABELS]
CHANGES = ("add", "change", "delete")
# What a permission lets do by itself. Actions say which ones they want.
LETS = {"add": {"add"}, "change": {"change", "changelist"}, "delete": {"delete", "delete_selected"}}


@dataclass
class Office:
    """The rows, what can be asked about each, and a clerk of the staff."""

    ways: dict[type[Model], list[Way]]
    rows: dict[type[Model], Model]
    root: Client
    clerk: Client

    def permit(self, *codenames: str) -> None:
        """The clerk may this, and nothing else."""
        found = Permission.objects.filter(codename__in=codenames)
        User.objects.get(username="clerk").user_permissions.set(found)


@pytest.fixture(scope="module")
def office(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Office]:
    with django_db_blocker.unblock(), transaction.atomic():
        rows = one_of_each()
        root, clerk = Client(), Client(raise_request_exception=False)
        root.force_login(make_person("root", is_staff=True, is_superuser=True))
        clerk.force_login(make_person("clerk", is_staff=True))
        known = {}
        for model, row in rows.items():
            urls = {what: reverse(name_of(model, what), args=args(row, what)) for what in ("add", "change")}
            known[model] = list(ways(row, {what: form_as_it_is(root, url) for what, url in urls.items()}))
        yield Office(known, rows, root, clerk)
        transaction.set_rollback(True)


def args(row: Model, what: str) -> list[Any]:
    return [row.pk] if what == "change" else []


def permission(what: str, model: type[Model]) -> str:
    return f"{what}_{model._meta.model_name}"


def writes(http: Client, way: Way) -> bool:
    """Whether the request changes anything; that is undone."""
    with transaction.atomic():
        before = rows_written()
        way.ask(http)
        written = rows_written() > before
        transaction.set_rollback(True)
    return written


@pytest.mark.parametrize("label", sorted(some("admin of who looks", LABELS, 5)))
def test_who_may_look_at_everything_changes_nothing(office: Office, label: str) -> None:
    office.permit(*(permission("view", each) for each in MODELS))
    # That somebody has looked is written down.
    before = rows_written("fleets_auditentry")
    told = {(way.what, way.data is None): way.ask(office.clerk).status_code for way in office.ways[BY_LABEL[label]]}
    assert rows_written("fleets_auditentry") == before
    assert told["changelist", True] == told["change", True] == told["history", True] == 200
    assert told["add", False] == told["change", False] == told["delete", False] == 403


@pytest.mark.parametrize("label", sorted(some("admin of nobody", LABELS, 4)))
def test_who_may_nothing_is_told_so(office: Office, label: str) -> None:
    office.permit()
    before = rows_written()
    assert {way.ask(office.clerk).status_code for way in office.ways[BY_LABEL[label]]} <= {403}
    assert rows_written() == before


@pytest.mark.parametrize("label", sorted(some("admin by right", LABELS, 4)))
@pytest.mark.parametrize("right", CHANGES)
def test_a_permission_lets_do_what_its_name_says(office: Office, label: str, right: str) -> None:
    office.permit(permission(right, BY_LABEL[label]), permission("view", BY_LABEL[label]))
    done = {way.what for way in office.ways[BY_LABEL[label]] if way.data is not None and writes(office.clerk, way)}
    assert done <= LETS[right] | (wanting(BY_LABEL[label], right) if right == "change" else set())


def wanting(model: type[Model], right: str) -> set[str]:
    """The actions that want this permission; those that ask for one of their own are for who may change."""
    return {name for name, asked in actions_of(model).items() if right in asked or not asked & {*CHANGES}}


def test_each_action_names_who_may_run_it() -> None:
    """Else Django gives it to whoever may look; also those of libraries."""
    open_ones = {(label, name) for label in LABELS for name, asked in actions_of(BY_LABEL[label]).items() if not asked}
    assert open_ones == set()


def test_who_may_do_all_does_it_so_that_these_tests_can_fail(office: Office) -> None:
    ours = {(model, name) for model in MODELS for name in actions_of(model) if name != "delete_selected"}
    idle = {(model, name) for model, name in ours if not writes(office.root, act(office.rows[model], name))}
    assert idle == set()
    changed = {
        model.__name__
        for model, found in office.ways.items()
        if any(writes(office.root, way) for way in found if way.what == "change" and way.data and len(way.data) > 1)
    }
    assert changed >= {"Fleet", "Vehicle", "Gateway", "User", "Group"}


def test_who_may_change_people_gives_nobody_rights(office: Office) -> None:
    """Neither to themselves nor by the password of somebody who has them."""
    office.permit("view_user", "change_user", "add_user", "delete_user", "change_group", "add_group", "view_group")
    clerk, root = User.objects.get(username="clerk"), User.objects.get(username="root")
    plain, staff = User.objects.get(username="somebody"), Group.objects.get()
    rights = {"is_staff": "on", "is_superuser": "on", "groups": [staff.pk], "user_permissions": ["1"]}
    before = rows_written()
    for person in (clerk, root):
        form = form_as_it_is(office.root, reverse("admin:auth_user_change", args=[person.pk]))
        assert ask(office, "auth_user_change", person, form | rights) == 403
        passwords = {"password1": f"{PASSWORD}2", "password2": f"{PASSWORD}2", "usable_password": "true"}
        assert ask(office, "auth_user_password_change", person, passwords) == 403
        assert ask(office, "auth_user_delete", person, {"post": "yes"}) == 403
    assert ask(office, "auth_group_change", staff, {"name": "Staff", "permissions": ["1"]}) == 403
    assert rows_written() == before
    form = form_as_it_is(office.root, reverse("admin:auth_user_change", args=[plain.pk]))
    assert ask(office, "auth_user_change", plain, form | rights | {"first_name": "Ada"}) == 302
    plain.refresh_from_db()
    assert (plain.first_name, plain.is_staff, plain.is_superuser, plain.groups.count()) == ("Ada", False, False, 0)
    assert not plain.user_permissions.exists()


def ask(office: Office, name: str, row: Model, form: dict[str, Any]) -> int:
    return int(office.clerk.post(reverse(f"admin:{name}", args=[row.pk]), form).status_code)


def test_a_token_that_is_deleted_opens_nothing_more(office: Office) -> None:
    """It is the way to end one; nobody reads or changes it."""
    from fleets import api_tokens
    from fleets.models import ApiClient, ApiToken

    token = api_tokens.new_token()
    row = api_tokens.issue(ApiClient.objects.get(name="a").secrets.get(), token, ["channel"])
    page = office.root.get(reverse("admin:fleets_apitoken_change", args=[row.pk]))
    assert row.digest not in page.text
    assert row.secret.digest not in page.text
    assert api_tokens.find(token) is not None
    office.root.post(reverse("admin:fleets_apitoken_delete", args=[row.pk]), {"post": "yes"})
    assert api_tokens.find(token) is None
    assert not ApiToken.objects.filter(pk=row.pk).exists()


def test_no_vehicle_is_moved_to_another_fleet_by_deleting_and_adding_it(office: Office) -> None:
    """There others approve, or nobody has to: one admin would do alone what two must agree on."""
    fleet = make_fleet("Nice")
    vehicle, upstream = make_vehicle(fleet), fleet.upstream_fleets.get()
    for name, row in (("fleets_vehicle", vehicle), ("fleets_upstreamfleet", upstream)):
        assert office.root.post(reverse(f"admin:{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403
        chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        office.root.post(reverse(f"admin:{name}_changelist"), chosen)
        row.refresh_from_db()
    form = form_as_it_is(office.root, reverse("admin:fleets_vehicle_change", args=[vehicle.pk]))
    other = make_vehicle(make_fleet("Paris"))
    given = form | {"label": "Van", "fleet": other.fleet_id, "upstream_id": "of-another", "vin": "VF3ABCDE0FG999999"}
    office.root.post(reverse("admin:fleets_vehicle_change", args=[vehicle.pk]), given)
    after = Vehicle.objects.get(pk=vehicle.pk)
    assert (after.label, after.fleet, after.upstream_id, after.vin) == ("Van", fleet, vehicle.upstream_id, vehicle.vin)
    # What the cloud lists no more may go.
    Vehicle.objects.filter(pk=vehicle.pk).update(gone_at=timezone.now())
    office.root.post(reverse("admin:fleets_vehicle_delete", args=[vehicle.pk]), {"post": "yes"})
    office.root.post(reverse("admin:fleets_upstreamfleet_delete", args=[upstream.pk]), {"post": "yes"})
    assert not Vehicle.objects.filter(pk=vehicle.pk).exists()
    assert not type(upstream).objects.filter(pk=upstream.pk).exists()
