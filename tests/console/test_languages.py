"""English and French: who is shown which, and that what is stored stays English."""

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import translation

from fleets.models import AuditEntry
from fleets.words.sentences import find, known, said
from protocol.why import Why
from remotes.life.endings import end_by_us
from remotes.models import Alert
from remotes.words import codes
from tests.console.conftest import World
from tests.world import make_action, make_event, make_person


@pytest.fixture(autouse=True)
def _no_language_stays() -> Iterator[None]:
    """Django leaves a thread in the language of its last page."""
    with translation.override("en"):
        yield


@pytest.mark.parametrize(
    ("stored", "french"),
    [
        (
            "Not sent: its 5 minutes had passed. Sending is stopped: Drill.",
            "Non envoyée\xa0: son délai de 5 minutes était écoulé. L’envoi est arrêté\xa0: Drill.",
        ),
        (
            "The manufacturer's cloud takes 5 requests a second; 3 others wait too.",
            "Le cloud du constructeur accepte 5 requêtes par seconde\xa0; 3 autres attendent aussi.",
        ),
        (
            "The vehicle could not be reached. Somebody's own words.",
            "Le véhicule n’a pas pu être joint. Somebody's own words.",
        ),
        (
            "1,200 of 5,000 requests a day are left at the manufacturer's cloud.",
            "Il reste 1\xa0200 requêtes sur 5\xa0000 par jour auprès du cloud du constructeur.",
        ),
        (
            "No second person is needed any more for: Stolen vehicle, Wipe personal data.",
            "Plus besoin de seconde personne pour : Véhicule volé, Effacer les données personnelles.",
        ),
        ("Somebody's own words.", "Somebody's own words."),
        ("", ""),
    ],
)
def test_stored_sentences_are_said_in_the_readers_language(stored: str, french: str):
    assert said(stored) == stored
    with translation.override("fr"):
        assert said(stored) == french


def test_every_template_finds_the_sentences_that_are_made_of_it():
    for template in known():
        places = re.findall(r"%\((\w+)\)s", template)
        found = find(template % dict.fromkeys(places, "x"))
        assert found is not None
        assert found.template % found.values == template % dict.fromkeys(places, "x")


def in_french(client: Client) -> Client:
    client.cookies["fleetremote_language"] = "fr"
    return client


def test_pages_are_english_unless_somebody_wants_them_otherwise(camille: Client):
    page = camille.get("/").content.decode()
    assert '<html lang="en"' in page
    assert "Your fleets" in page
    assert "/words/" not in page


def test_the_browser_is_listened_to(camille: Client):
    answer = camille.get("/", headers={"Accept-Language": "fr-CA,fr;q=0.9,en;q=0.5"})
    assert '<html lang="fr"' in answer.content.decode()
    assert answer["Content-Language"] == "fr"
    assert '<html lang="en"' in camille.get("/", headers={"Accept-Language": "pl,de"}).content.decode()


def test_the_choice_is_remembered_and_beats_the_browser(camille: Client, world: World):
    path = world.page_of(world.van, "/history")
    page = camille.get(path).content.decode()
    assert f'<input type="hidden" name="next" value="{path}">' in page
    assert 'name="language" value="fr" lang="fr"' in page
    answer = camille.post("/language", {"language": "fr", "next": path})
    assert answer["Location"] == path
    cookie = answer.cookies["fleetremote_language"]
    assert (cookie.value, cookie["httponly"], cookie["samesite"]) == ("fr", True, "Lax")
    page = camille.get(path, headers={"Accept-Language": "en"}).content.decode()
    assert "Historique des actions" in page
    assert 'lang="fr" id="language-fr" aria-pressed="true"' in page


def test_the_language_is_chosen_before_one_logs_in(db: None):
    client = Client()
    assert 'name="language" value="fr"' in client.get("/login").content.decode()
    client.post("/language", {"language": "fr", "next": "/login"})
    page = client.get("/login").content.decode()
    assert "<h1>Se connecter</h1>" in page
    assert "Mot de passe" in page


@pytest.mark.parametrize("path", ["https://elsewhere.example.com/", "//elsewhere.example.com", ""])
def test_the_choice_leads_nowhere_else(camille: Client, path: str):
    assert camille.post("/language", {"language": "fr", "next": path})["Location"] == "/"


def test_the_choice_is_a_post_with_a_token(world: World, camille: Client):
    assert camille.get("/language").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/language", {"language": "fr"}).status_code == 403


def test_a_language_that_is_not_there_changes_nothing(camille: Client):
    camille.post("/language", {"language": "de", "next": "/"})
    assert '<html lang="en"' in camille.get("/").content.decode()


def test_the_answer_to_a_form_leads_back_to_the_start(camille: Client, world: World):
    page = camille.post(f"/fleets/{world.lyon.public_id}/commands/new", {}).content.decode()
    assert '<input type="hidden" name="next" value="/">' in page or "<html" not in page


def test_the_api_and_the_administration_stay_english(world: World, client: Client):
    answer = client.get("/connectedcar/v3/fleets", headers={"Accept-Language": "fr"})
    assert answer.status_code == 401
    assert "Content-Language" not in answer
    assert "Accept-Language" not in answer.get("Vary", "")
    assert answer.json()["message"].isascii()
    client.force_login(make_person("root", is_staff=True, is_superuser=True))
    page = client.get("/admin/", headers={"Accept-Language": "fr"}).content.decode()
    assert "Site administration" in page


def test_what_is_stored_stays_english_whoever_asks(camille: Client, world: World):
    action = make_action(world.van, "unlock")
    in_french(camille).post(world.page_of(world.van, f"/actions/{action.public_id}/cancel"))
    action.refresh_from_db()
    assert action.detail == "Cancelled by camille."
    assert "Annulée par camille." in camille.get(world.page_of(world.van)).content.decode()
    assert AuditEntry.objects.filter(subject=action.public_id, document__what="cancelled").exists()


def test_alerts_are_stored_in_english_whoever_raises_them(world: World):
    with translation.override("fr"):
        end_by_us(make_action(world.van, "immobilise"), Why(codes.NOT_SET_UP), cause="VehicleConnectionTimeout")
    assert Alert.objects.get().words.startswith("“Immobilise” for Van 1 failed. Not sent: this fleet is not set up")


def test_dates_and_numbers_are_as_in_french(camille: Client, world: World):
    world.van.state = {"odometer": {"mileage": 12345.6, "createdAt": "2026-07-03T10:20:00Z"}}
    world.van.save()
    page = in_french(camille).get(world.page_of(world.van)).content.decode()
    assert "12\xa0346 km" in page
    assert "3 juil. 2026, 10:20" in page


def test_the_words_of_scripts_are_a_script_of_their_own(camille: Client):
    page = in_french(camille).get("/").content.decode()
    address = re.search(r'<script src="(/words/fr-[0-9a-f]{12}\.js)" defer></script>', page)
    assert address is not None
    answer = camille.get(address[1])
    assert answer["Content-Type"].startswith("text/javascript")
    assert "immutable" in answer["Cache-Control"]
    assert "\\u00e0 l\\u2019instant" in answer.content.decode()
    assert camille.get("/words/fr-000000000000.js").status_code == 404
    assert camille.get("/words/de-000000000000.js").status_code == 404


def test_an_explanation_in_french(camille: Client, world: World):
    action = make_action(world.van, state="done", status="Failed", failure_cause="VehicleConnectionTimeout")
    make_event(action, "Failed", cause="VehicleConnectionTimeout")
    page = in_french(camille).get(world.page_of(world.van, f"/actions/{action.public_id}/explain")).content.decode()
    assert "Le véhicule n’a pas pu être joint." in page
    assert "Réessayer" in page
    assert "Réveiller le véhicule" not in page
    assert "VehicleConnectionTimeout" in page
