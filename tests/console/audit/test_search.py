"""The page of the audit: who may read it, what it finds, one entry in full, and the same as a file."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from fleets.audit.entries import About, Actor, Kind, Origin, record
from fleets.audit.sealing import seal
from fleets.models import AuditEntry
from remotes.asking.ask import Wishes, request_action
from remotes.checks.approvals import approve
from remotes.models import FleetRules, RemoteAction
from tests.campaigns.bulk_world import remote_of
from tests.console.conftest import LogIn, World
from tests.world import make_person, make_vehicle

FORMULA = '=HYPERLINK("http://evil")'


@pytest.fixture
def page(world: World) -> str:
    return f"/fleets/{world.lyon.public_id}/audit"


@pytest.fixture
def approved(world: World) -> str:
    """Camille immobilises the van, for a reason, and Ana approves it; gives the action's id."""
    FleetRules.objects.create(fleet=world.lyon, approval_types=["Immobilization"])
    wishes = Wishes(reason=f"{FORMULA} stolen", origin=RemoteAction.Origin.PAGE)
    action = request_action(world.van, remote_of("immobilise"), user=world.camille, wishes=wishes)
    # As its turn finds it.
    RemoteAction.objects.filter(pk=action.pk).update(state="waiting-approval")
    approve(action, make_person("ana", world.lyon))
    seal()
    return str(action.public_id)


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.content.decode()


def file_of(client: Client, address: str) -> list[dict[str, str]]:
    text = b"".join(client.get(address).streaming_content).decode()  # type: ignore[attr-defined]
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_managers_and_auditors_read_it_viewers_and_others_do_not(
    world: World, page: str, camille: Client, viktor: Client, log_in: LogIn
):
    auditor, stranger = make_person("audrey", world.lyon, role="auditor"), make_person("stranger", world.paris)
    assert "Audit" in text_of(log_in(auditor), page)
    assert f'href="{page}"' in text_of(log_in(auditor), f"/fleets/{world.lyon.public_id}")
    assert f'href="{page}"' in text_of(camille, f"/fleets/{world.lyon.public_id}/sending")
    assert f'href="{page}"' not in text_of(viktor, f"/fleets/{world.lyon.public_id}")
    assert "not read its audit. Ask a manager of the fleet." in text_of(viktor, page, 403)
    assert viktor.get(f"{page}.csv").status_code == 403
    assert log_in(stranger).get(page).status_code == 404
    # Whoever reads it changes nothing.
    send = log_in(auditor).post(world.page_of(world.van, "/actions"), {"command": "lock"})
    assert send.status_code == 403
    entry = AuditEntry.objects.create(
        subject="x", who="x", reason="", kind="operated", origin="page", fleet=world.paris
    )
    assert camille.get(f"{page}/{entry.pk}").status_code == 404
    assert camille.get(f"{page}/{2**63}").status_code == 404


def test_all_fleets_and_log_ins_are_for_admins(world: World, camille: Client, log_in: LogIn):
    root = log_in(make_person("root", is_superuser=True))
    shown = text_of(root, "/audit?kind=entered")
    assert "Logged in" in shown
    assert "Audit of all fleets" in shown
    for path in ("/audit", "/audit.csv", f"/audit/{AuditEntry.objects.latest('pk').pk}"):
        assert camille.get(path).status_code == 404
        assert root.get(path).status_code == 200


def test_what_was_done_is_found_with_why_and_who_approved_it(world: World, page: str, camille: Client, approved: str):
    shown = text_of(camille, f"{page}?who=camille&q={world.van.vin}&type=Immobilization")
    assert "Approved by ana" in shown
    assert "=HYPERLINK(&quot;http://evil&quot;) stolen" in shown
    assert text_of(camille, f"{page}?q={world.van.plate}&type=Immobilization") != shown
    for nothing in ("who=nobody", "q=XX-999-XX", "type=Horn", "kind=exported", "since=2999-01-01T00:00"):
        assert "Nothing was found" in text_of(camille, f"{page}?{nothing}"), nothing
    trail = text_of(camille, f"{page}?about={approved}")
    assert trail.count("<tr>") == 3, "what was asked, what was approved, and the titles"
    assert "Write a date and time" in text_of(camille, f"{page}?until=yesterday")
    first = AuditEntry.objects.get(subject=approved, kind="asked")
    entry = text_of(camille, f"{page}/{first.pk}")
    assert "&quot;remoteType&quot;: &quot;Immobilization&quot;" in entry
    assert f"?about={approved}" in entry
    assert f"<dd>{first.position}</dd>" in entry


def test_the_file_says_who_what_why_and_who_approved_and_is_in_the_audit_itself(
    world: World, page: str, camille: Client, approved: str
):
    asked, *_ = [row for row in file_of(camille, f"{page}.csv?type=Immobilization") if row["Kind"] == "Asked for"]
    assert (asked["Who"], asked["VIN"], asked["Approved by"]) == ("camille", world.van.vin, "ana")
    assert (asked["About"], asked["Fleet"], asked["Through"]) == (approved, "Lyon", "A page")
    # No cell is a formula.
    assert asked["Why"].startswith("'=")
    (taken,) = AuditEntry.objects.filter(kind="exported")
    assert (taken.document["what"], taken.document["rows"]) == ("the audit", 2)
    assert taken.document["filter"] == {"type": "Immobilization"}
    assert file_of(camille, f"{page}.csv?kind=exported")[0]["What"] == "Audit as CSV, 2 lines"


def test_pages_lead_from_one_to_the_next(world: World, page: str, camille: Client, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("console.audit.listing.PAGE_SIZE", 2)
    for number in range(5):
        record(Kind.OPERATED, About(f"a{number}", world.lyon.pk), document={"what": f"deed {number}"})
    seen: list[str] = []
    address = f"{page}?kind=operated"
    for _ in range(3):
        shown = text_of(camille, address)
        seen += [word for word in (f"deed {number}" for number in range(5)) if word in shown]
        _, found, rest = shown.partition('rel="next" href="')
        address = rest.partition('"')[0].replace("&amp;", "&")
        if not found:
            break
    assert seen == ["deed 3", "deed 4", "deed 1", "deed 2", "deed 0"]


@pytest.mark.parametrize(
    ("kind", "document", "words"),
    [
        (Kind.CHANGED, {"what": "created", "of": "callback", "name": "Booking"}, "Callback « Booking » : création"),
        (Kind.ENTERED, {"what": "failed to log in", "name": "cami"}, "Échec de connexion sous le nom « cami »"),
        (Kind.EXPORTED, {"what": "labels and plates", "rows": 1}, "Libellés et immatriculations en CSV, 1 ligne"),
        (Kind.LOOKED, {"what": "saw its position"}, "A vu où il se trouve"),
        (Kind.OPERATED, {"what": "changed the rules"}, "Modification des règles"),
        (Kind.OPERATED, {"what": "saved a command"}, "Enregistrement d’une commande"),
        (Kind.OPERATED, {"what": "renamed the command “Wake”"}, "Nouveau nom pour la commande “Wake”"),
        (Kind.OPERATED, {"what": "decided: it was not carried out"}, "Déclarée non exécutée"),
        (Kind.ERASED, {"what": "a person: person-1a2b"}, "Une personne : person-1a2b"),
        (Kind.ERASED, {"what": "positions after POSITION_DAYS"}, "Positions arrivées à échéance"),
        (Kind.ANSWERED, {"status": 202}, "HTTP 202"),
        (Kind.OPERATED, {"what": "did what we do not know"}, "did what we do not know"),
        (Kind.ERASED, [], "Effacement"),
    ],
)
def test_entries_are_said_in_the_readers_language(
    world: World, page: str, camille: Client, kind: AuditEntry.Kind, document: Any, words: str
):
    AuditEntry.objects.create(
        subject="x", who="x", reason="", kind=kind, origin=Origin.ADMIN, fleet=world.lyon, document=document
    )
    camille.cookies["fleetremote_language"] = "fr"
    shown = text_of(camille, f"{page}?kind={kind}")
    assert f">{words}</a>" in shown.replace("\xa0", " ").replace("\u202f", " ")
    assert "L’administration" in shown


def test_nobodys_words_become_markup(world: World, page: str, camille: Client):
    record(Kind.OPERATED, About("<script>1"), actor=Actor("<script>2"), reason="<script>3", document={"<script>4": "x"})
    AuditEntry.objects.create(
        subject="<b>",
        who="<script>2",
        reason="<script>3",
        kind="operated",
        origin="page",
        fleet=world.lyon,
        document={"what": "<script>5"},
        body=b"<script>6",
    )
    shown = text_of(camille, page) + text_of(camille, f"{page}/{AuditEntry.objects.latest('pk').pk}")
    assert "&lt;script&gt;5" in shown
    assert "<script>" not in shown.replace("<script src", "").replace("<script type", "")


def test_what_a_vehicle_is_called_in_another_fleet_is_told_there_only(
    world: World, page: str, camille: Client, log_in: LogIn
):
    record(Kind.OPERATED, About("x", world.lyon.pk, world.van.pk), document={"what": "deed"})
    world.van.fleet, world.van.label, world.van.plate = world.paris, "Van of Dupont", "PA-999-RI"
    world.van.save()
    entry = AuditEntry.objects.get(subject="x")
    (row,) = file_of(camille, f"{page}.csv?q={world.van.vin}")
    told = [text_of(camille, f"{page}?q={world.van.vin}"), text_of(camille, f"{page}/{entry.pk}"), str(row)]
    for text in told:
        assert world.van.vin in text
        assert "Dupont" not in text
        assert "PA-999-RI" not in text
    root = log_in(make_person("root", is_superuser=True))
    assert "Dupont" in text_of(root, f"/audit/{entry.pk}")


def test_nothing_is_missing_however_many_names_and_vehicles_match(
    world: World, page: str, camille: Client, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("fleets.audit.searching.MOST_NAMES", 2)
    monkeypatch.setattr("fleets.audit.searching.MOST_VEHICLES", 1)
    vans = [make_vehicle(world.lyon, f"Van {number}") for number in range(4)]
    for number, van in enumerate(vans):
        about = About(f"x{number}", world.lyon.pk, van.pk)
        record(Kind.OPERATED, about, actor=Actor(f"bot {number}"), document={"what": "deed"})
    for wanted in ("who=bot", "q=van", "who=BOT&q=VAN"):
        assert len(file_of(camille, f"{page}.csv?kind=operated&{wanted}")) == 4, wanted
    assert len(file_of(camille, f"{page}.csv?kind=operated&q={vans[0].vin}&who=bot%200")) == 1
