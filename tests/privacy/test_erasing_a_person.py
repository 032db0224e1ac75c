"""A person is erased: nothing in the database names them, what they did stays under a pseudonym, the audit is whole."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.core.management import CommandError
from django.test import Client

from connections.models import Connection
from fleets.audit.entries import Kind
from fleets.audit.sealing import seal
from fleets.models import AuditEntry, Membership, SavedView, Vehicle
from protocol.why import Why
from remotes.models import AlertChoice, AlertMail, RemoteAction, Schedule, SendingStop
from tests.dumped import dump, places_of
from tests.privacy.world import FIRST, LAST, MAIL, NAMES, USER, Lived, audit_is_whole, live, privacy
from tests.world import PASSWORD, make_action

pytestmark = pytest.mark.django_db


@pytest.fixture
def lived(db: None) -> Lived:
    return live()


def where(*texts: str) -> dict[str, list[str]]:
    """In which tables of a dump each of the texts stands."""
    dumped = dump()
    return {text: found for text in texts if (found := places_of(text, dumped))}


def test_nothing_names_them_any_more_and_what_they_did_is_accounted_for(lived: Lived) -> None:
    seal()
    assert set(where(*NAMES)) == set(NAMES)
    assert AuditEntry.objects.filter(kind=Kind.ENTERED, document__has_key="address").count() == 2
    said = privacy("erase", "--person", USER, "--yes", "--reason", f"{FIRST} {LAST} asked for it")
    assert where(*NAMES, FIRST) == {}
    pseudonym = f"erased-person-{lived.camille.pk}"
    assert f"What stays goes by the name {pseudonym}." in said
    assert "erased in part" in audit_is_whole()
    asked = AuditEntry.objects.filter(kind=Kind.ASKED, user=lived.camille)
    assert {entry.who for entry in asked} == {pseudonym}
    assert asked.get(subject=lived.actions[0].public_id).document["payload"]["positions"]
    assert RemoteAction.objects.filter(user__username=pseudonym).count() == 2
    entered = AuditEntry.objects.filter(kind=Kind.ENTERED)
    assert {entry.subject for entry in entered} == {f"person {lived.camille.pk}", f"name {pseudonym}"}
    assert not any("address" in entry.document for entry in entered)
    stop = SendingStop.objects.get()
    assert (stop.reason, str(stop.stopped_by)) == (f"{pseudonym} said so", pseudonym)
    erasure = AuditEntry.objects.filter(kind=Kind.ERASED).order_by("pk")[0]
    assert (erasure.who, erasure.reason) == ("FleetRemote: privacy", f"{pseudonym} asked for it")
    # Others and their names are as they were.
    assert User.objects.get(pk=lived.other.pk).username == "other.manager"
    assert Schedule.objects.filter(user=lived.other).exists()


def test_nobody_can_log_in_any_more_and_what_was_theirs_is_gone(lived: Lived) -> None:
    assert lived.browser.get("/").status_code == 200
    assert Session.objects.exists()
    privacy("erase", "--person", USER, "--yes")
    assert not Session.objects.exists()
    assert lived.browser.get("/").status_code == 302
    again = Client()
    for name in (USER, f"erased-person-{lived.camille.pk}"):
        again.post("/login", {"username": name, "password": PASSWORD})
        assert "_auth_user_id" not in again.session
    user = User.objects.get(pk=lived.camille.pk)
    assert [user.is_active, user.has_usable_password(), user.email, user.get_full_name()] == [False, False, "", ""]
    for model in (Membership, AlertChoice, AlertMail):
        assert not model._default_manager.filter(user=user).exists()
    (view,) = SavedView.objects.all()
    assert (view.name, view.owner) == ("Ours", None)


def test_without_yes_it_is_told_and_nothing_is_changed(lived: Lived) -> None:
    seal()
    before = dump()
    told = privacy("erase", "--person", USER)
    assert "Nothing is erased yet." in told
    assert "remotes.SendingStop: 1 rows would be erased or renamed" in told
    after = dump()
    assert {name for name in before if before[name] != after[name]} == set()
    done = privacy("erase", "--person", USER, "--yes")
    counted = [line for line in told.splitlines() if "would be" in line and "AuditEntry" not in line]
    assert [line.replace("would be", "were") for line in counted] == [
        line for line in done.splitlines() if "were" in line and "AuditEntry" not in line
    ]


def refused(*words: str) -> str:
    with pytest.raises(CommandError) as error:
        privacy("erase", *words)
    return str(error.value)


def test_what_is_under_way_in_their_name_must_end_first(lived: Lived) -> None:
    action = make_action(lived.other_van, user=lived.camille)
    Schedule.objects.filter(user=lived.other).update(user=lived.camille)
    said = refused("--person", USER, "--yes")
    assert "1 remote actions that they asked for or approved are under way" in said
    assert "1 schedules run in their name" in said
    assert User.objects.filter(username=USER).exists()
    RemoteAction.objects.filter(pk=action.pk).delete()
    Schedule.objects.update(user=lived.other)
    privacy("erase", "--person", USER, "--yes")


def test_the_last_admin_stays(lived: Lived) -> None:
    assert "they are the last admin" in refused("--person", "other.manager", "--yes")
    assert "Nobody has the user name nobody" in refused("--person", "nobody")


def test_a_short_name_goes_where_it_stands_by_itself_and_no_word_of_ours_does(lived: Lived) -> None:
    values: dict[str, Any] = {"username": "fleet", "first_name": "", "last_name": "", "email": ""}
    User.objects.filter(pk=lived.camille.pk).update(**values)
    entry = AuditEntry.objects.filter(document__of="membership").latest("pk")
    privacy("erase", "--person", "fleet", "--yes")
    entry.refresh_from_db()
    assert entry.document["of"] == "membership"
    assert all(one.document["of"] != f"erased-person-{lived.camille.pk}" for one in _changed())
    assert MAIL not in str(list(_changed().values_list("document", flat=True)))
    assert "erased in part" in audit_is_whole()


def _changed() -> Any:
    return AuditEntry.objects.filter(kind=Kind.CHANGED)


@pytest.mark.parametrize("name", ["Locked", "charging", "london", "asleep", "success"])
def test_what_programs_read_stays_though_somebody_is_called_like_a_word_in_it(lived: Lived, name: str) -> None:
    """Else the next command would go out with a pseudonym in it, and schedules stand still."""
    User.objects.filter(pk=lived.camille.pk).update(username=name, first_name="", last_name="", email="")
    queued = make_action(lived.other_van, user=lived.other)
    queued.set(payload={"charging": {"state": "Locked"}}, why=Why("asleep", who=name), status="Success")
    state, can = {"doors": {"charging": "Locked"}}, {"extension": ["charging"]}
    Vehicle.objects.filter(pk=lived.other_van.pk).update(state=state, capability_document=can)
    Schedule.objects.filter(user=lived.other).update(zone="Europe/London", payload={"charging": {"state": "Locked"}})
    account = Connection.objects.create(name="Account", username=name, base_url="https://api.example.com/v3")
    privacy("erase", "--person", name, "--yes", "--reason", f"{name} asked")
    queued.refresh_from_db()
    assert (queued.payload, queued.status) == ({"charging": {"state": "Locked"}}, "Success")
    assert queued.why == Why("asleep", who=f"erased-person-{lived.camille.pk}")
    van = Vehicle.objects.get(pk=lived.other_van.pk)
    assert (van.state, van.capability_document) == (state, can)
    schedule = Schedule.objects.get(user=lived.other)
    assert (schedule.zone, schedule.payload) == ("Europe/London", {"charging": {"state": "Locked"}})
    account.refresh_from_db()
    assert account.username == name
