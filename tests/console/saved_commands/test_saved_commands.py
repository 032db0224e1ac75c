"""Saved commands: a payload under a name, a button on each vehicle that can do it, one click."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from campaigns import saved_commands as changes
from console.saved_commands.forms import MOST
from fleets.models import AuditEntry, Vehicle
from remotes.models import RemoteAction, SavedCommand
from tests.campaigns.bulk_world import remote_of
from tests.campaigns.schedule_world import make_schedule
from tests.console.conftest import World
from tests.console.forms.given import HTMX, Page, error_of, form_url
from tests.world import make_person, make_vehicle

HONKS = {"name": "Five honks", "way": "sound", "number": "5", "save": "yes"}


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


def list_url(world: World, part: str = "") -> str:
    return f"/fleets/{world.lyon.public_id}/commands{part}"


def save(client: Client, world: World, kind: str = "Horn", **values: Any) -> Any:
    return client.post(list_url(world, f"/new?type={kind}"), {**HONKS, **values})


def send(client: Client, world: World, command: SavedCommand, vehicle: Vehicle | None = None, **more: Any) -> Any:
    return client.post(world.page_of(vehicle or world.van, f"/commands/{command.public_id}"), **more)


@pytest.fixture
def honk(world: World) -> SavedCommand:
    return changes.save(world.lyon, "Wake the street", remote_of("honk"), world.camille)


def test_from_the_options_of_a_vehicle_to_one_click(camille: Client, world: World):
    options = Page(camille.get(form_url(world.van, "Horn")).content)
    button = options.attributes["options-save"]
    assert button["formaction"] == list_url(world, "/new?type=Horn")
    # Press it: what was filled in is there, and a name is asked for.
    filled = {"way": "sound", "number": "5", "label": "", "vehicle": world.van.public_id}
    form = camille.post(list_url(world, "/new?type=Horn"), filled)
    assert form.status_code == 200
    assert Page(form.content).attributes["id_number"]["value"] == "5"
    assert "Name of the command" in text_of(form)
    saved = save(camille, world, vehicle=world.van.public_id)
    assert (saved.status_code, saved.headers["Location"]) == (303, world.page_of(world.van))
    command = SavedCommand.objects.get()
    assert (command.name, command.remote_type, command.payload, command.user) == (
        "Five honks",
        "Horn",
        {"state": "Activated", "number": 5},
        world.camille,
    )
    page = camille.get(world.page_of(world.van))
    assert "“Five honks” is saved" in text_of(page)
    address = Page(page.content).attributes[f"saved-{command.public_id}"]["formaction"]
    sent = camille.post(str(address))
    assert (sent.status_code, sent.headers["Location"]) == (303, world.page_of(world.van))
    action = RemoteAction.objects.get()
    assert (action.vehicle, action.payload, action.user) == (world.van, command.payload, world.camille)
    assert (action.origin, action.label) == ("page", "Five honks")
    assert "“Five honks”" in text_of(camille.get(world.page_of(world.van)))


def test_in_the_dialog_of_a_vehicle(camille: Client, world: World):
    filled = {"way": "sound", "number": "5", "vehicle": world.van.public_id}
    form = camille.post(list_url(world, "/new?type=Horn"), filled, headers=HTMX)
    assert (form.headers["HX-Retarget"], form.headers["HX-Reswap"]) == ("#confirm", "innerHTML")
    assert "<html" not in text_of(form)
    wrong = camille.post(
        list_url(world, "/new?type=Horn"), {**HONKS, "name": "", "vehicle": world.van.public_id}, headers=HTMX
    )
    assert (wrong.status_code, wrong.headers["HX-Retarget"]) == (422, "#confirm")
    saved = camille.post(list_url(world, "/new?type=Horn"), {**HONKS, "vehicle": world.van.public_id}, headers=HTMX)
    assert saved.headers["HX-Retarget"] == "#news"
    assert "Five honks</button>" in text_of(saved)
    sent = send(camille, world, SavedCommand.objects.get(), headers=HTMX)
    assert sent.headers["HX-Retarget"] == "#news"
    assert "Honk 5 times" in text_of(sent)


@pytest.mark.parametrize(
    ("kind", "fields", "payload"),
    [
        ("Lights", {"way": "on", "duration": "20", "unit": "S"}, {"on": True, "duration": "PT20S"}),
        ("Charging", {"way": "preferences", "type": "Full"}, {"preferences": {"type": "Full"}}),
        ("WakeUp", {"way": ""}, {"action": "WakeUp"}),
        (
            "Navigation",
            {"way": "", "pasted": "45.76, 4.83"},
            {"positions": [{"type": "Point", "coordinates": [4.83, 45.76]}]},
        ),
    ],
)
def test_one_is_made_of_any_type_from_the_list(
    camille: Client, world: World, kind: str, fields: dict[str, str], payload: Any
):
    assert f"/commands/new?type={kind}" in text_of(camille.get(list_url(world)))
    assert camille.get(list_url(world, f"/new?type={kind}")).status_code == 200
    saved = save(camille, world, kind, **fields)
    assert saved.headers["Location"] == list_url(world)
    assert SavedCommand.objects.get().payload == payload


def test_what_is_wrong_is_told_at_once_beside_its_fields(camille: Client, world: World, honk: SavedCommand):
    response = save(camille, world, name="wake THE street", number="many")
    assert response.status_code == 422
    assert error_of(response, "name") == "This fleet has a command with this name already."
    assert error_of(response, "number")
    later = save(camille, world, "Charging", way="later", at="2027-02-01T07:00", zone="UTC")
    assert "This holds a date, which passes." in text_of(later)
    assert SavedCommand.objects.count() == 1


def test_there_are_not_too_many(camille: Client, world: World):
    for number in range(MOST):
        changes.save(world.lyon, f"Command {number}", remote_of("honk"), world.camille)
    assert "This fleet has 40 commands: delete one first." in text_of(save(camille, world))
    command = SavedCommand.objects.first()
    assert command is not None
    camille.post(list_url(world, f"/{command.public_id}/rename"), {"name": "Another"})
    command.refresh_from_db()
    assert command.name == "Another"


def test_a_name_that_somebody_else_has_taken_meanwhile(camille: Client, world: World, honk: SavedCommand):
    with pytest.raises(changes.NameTaken):
        changes.save(world.lyon, "WAKE the street", remote_of("honk"), world.camille)
    assert SavedCommand.objects.count() == 1
    # Another fleet has names of its own.
    changes.save(world.paris, "Wake the street", remote_of("honk"), world.camille)


def test_rename_and_delete(camille: Client, world: World, honk: SavedCommand):
    make_schedule(world.lyon, world.camille, saved_command=honk)
    rename = list_url(world, f"/{honk.public_id}/rename")
    assert Page(camille.get(rename).content).attributes["id_name"]["value"] == "Wake the street"
    assert error_of(camille.post(rename, {"name": " "}), "name") == "Give it a name."
    camille.post(rename, {"name": "Wake the Street"})
    assert "Wake the Street" in text_of(camille.get(list_url(world)))
    delete = list_url(world, f"/{honk.public_id}/delete")
    assert "1 schedule was made of it, and goes on with the same." in text_of(camille.get(delete))
    deleted = text_of(camille.post(delete, follow=True))
    assert "The command “Wake the Street” is deleted." in deleted
    assert "No command is saved yet" in deleted
    assert world.lyon.schedules.get().remote_type == "Preconditioning"
    what = AuditEntry.objects.filter(subject=honk.public_id).order_by("pk").values_list("document__what", flat=True)
    assert list(what) == ["saved a command", "renamed the command “Wake the street”", "deleted a command"]


def test_dangerous_types_are_not_saved_and_the_page_says_why(camille: Client, world: World):
    page = text_of(camille.get(list_url(world)))
    assert "These can't be saved, since they ask for a reason each time: Immobilise," in page
    assert "type=Immobilization" not in page
    assert "options-save" not in Page(camille.get(form_url(world.van, "Immobilization")).content).attributes
    assert save(camille, world, "Immobilization", way="immobilise").status_code == 404
    assert camille.get(list_url(world, "/new")).headers["Location"] == list_url(world)


def test_one_that_became_dangerous_is_not_sent(camille: Client, world: World, honk: SavedCommand):
    SavedCommand.objects.update(remote_type="Immobilization", payload={"activate": True})
    assert f"saved-{honk.public_id}" not in text_of(camille.get(world.page_of(world.van)))
    refused = text_of(send(camille, world, honk, follow=True))
    assert "can&#x27;t be sent with one click any more" in refused
    assert not RemoteAction.objects.exists()


def test_a_vehicle_has_only_those_that_it_can_do(camille: Client, world: World, honk: SavedCommand):
    silent = make_vehicle(world.lyon, "Silent", capabilities=["Locking"])
    assert "Wake the street</button>" in text_of(camille.get(world.page_of(world.van)))
    assert "Wake the street" not in text_of(camille.get(world.page_of(silent)))
    refused = text_of(send(camille, world, honk, silent, follow=True))
    assert "Wake the street: Silent can&#x27;t do this: Horn." in refused
    assert not RemoteAction.objects.exists()


def test_viewers_have_nothing_to_press(viktor: Client, world: World, honk: SavedCommand):
    page = text_of(viktor.get(list_url(world)))
    assert "Wake the street" in page
    assert "/rename" not in page
    assert "/commands/new" not in page
    assert "Wake the street" not in text_of(viktor.get(world.page_of(world.van)))


def test_another_companys_command_is_not_listed(camille: Client, world: World):
    paul = make_person("paul", world.paris)
    changes.save(world.paris, "Theirs", remote_of("honk"), paul)
    assert "Theirs" not in text_of(camille.get(list_url(world)))


def test_pages_take_few_queries(camille: Client, world: World, django_assert_max_num_queries: DjangoAssertNumQueries):
    for number in range(MOST):
        changes.save(world.lyon, f"Command {number}", remote_of("honk"), world.camille)
    for url in (list_url(world), list_url(world, "/new?type=Preconditioning"), world.page_of(world.van)):
        with django_assert_max_num_queries(12):
            assert len(camille.get(url).content) < 100_000
