"""Where a second person looks, and approves, refuses, takes back or closes."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from alerts.causes import second_person
from fleets import proposals
from fleets.models import Approver, Proposal
from remotes.asking.break_glass import break_glass
from remotes.models import FleetRules, RemoteAction, Review
from tests.console.conftest import LogIn, World
from tests.world import make_action, make_person, make_vehicle

from .conftest import text_of

REASON = "The thief is at the gate."
POSITION = {
    "lastPosition": {
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [4.8357, 45.764]},
        "properties": {"updatedAt": "2026-11-30T08:00:00Z"},
    }
}


def page_of(world: World, *more: str) -> str:
    return "/".join([reverse("approvals", args=[world.lyon.public_id]), *more])


def act(world: World, action: RemoteAction, what: str) -> str:
    return world.page_of(world.van, f"/actions/{action.public_id}/{what}")


@pytest.fixture
def change(world: World) -> Proposal:
    """Camille wants reports of theft to need nobody else."""
    FleetRules.objects.create(fleet=world.lyon)
    document = {"approval_types": ["Stolen"]}
    return proposals.propose(world.lyon, "rules", document, by=world.camille, reason="It takes too long.")


def test_a_fleets_page_lists_what_waits_and_says_why_one_cannot_decide(
    world: World, camille: Client, diane: Client, viktor: Client, asked: RemoteAction, change: Proposal
) -> None:
    own, hers, looked_at = (text_of(who, page_of(world)) for who in (camille, diane, viktor))
    for page in (own, hers, looked_at):
        assert "Immobilise – Van 1" in page
        assert "“It takes too long.”" in page
    link = f'href="{act(world, asked, "approve")}"'
    assert (link in own, link in hers, link in looked_at) == (False, True, False)
    assert "nobody approves their own" in own
    assert "You have asked for it. Another person decides." in own
    assert "your role there does not let you" in looked_at


def test_the_tab_and_the_page_of_all_lead_there(
    world: World, diane: Client, camille: Client, asked: RemoteAction, change: Proposal
) -> None:
    assert f'href="{page_of(world)}"' in text_of(diane, reverse("overview", args=[world.lyon.public_id]))
    page = text_of(diane, reverse("approvals-of-all"))
    assert f'href="{act(world, asked, "approve")}"' in page
    assert f'href="{page_of(world, change.public_id)}"' in page
    assert "Nothing waits for your decision." in text_of(camille, reverse("approvals-of-all"))


def test_who_decides_sees_what_the_vehicle_told_last_and_where_it_is(
    world: World, diane: Client, log_in: LogIn, asked: RemoteAction
) -> None:
    world.van.state = POSITION
    world.van.save()
    make_action(world.van, "honk", state="unknown")
    page = text_of(diane, act(world, asked, "approve"))
    assert "What the vehicle told last" in page
    assert "What else is under way" in page
    assert "Honk" in page
    assert "45.76" in page
    assert "nothing is known of its movement" in page
    blind = make_person("blind", world.lyon)
    blind.memberships.update(positions="no")
    page = text_of(log_in(blind), act(world, asked, "approve"))
    assert "Approve and send" in page
    assert "45.76" not in page


def test_a_refusal_says_why_and_the_asker_reads_it(
    world: World, camille: Client, diane: Client, asked: RemoteAction
) -> None:
    where = act(world, asked, "refuse")
    assert "Why not" in text_of(diane, where)
    assert diane.post(where, {"reason": " "}).status_code == 422
    assert RemoteAction.objects.get().state == "waiting-approval"
    diane.post(where, {"reason": "It is on the motorway."})
    assert RemoteAction.objects.get().state == "cancelled"
    assert "It is on the motorway." in text_of(camille, world.page_of(world.van))


def test_nobody_refuses_their_own(world: World, camille: Client, asked: RemoteAction) -> None:
    camille.post(act(world, asked, "refuse"), {"reason": "I have thought better of it."})
    assert RemoteAction.objects.get().state == "waiting-approval"


def test_a_change_holds_once_another_has_approved_it(
    world: World, camille: Client, diane: Client, change: Proposal
) -> None:
    where = page_of(world, change.public_id)
    for page in (text_of(camille, where), text_of(diane, where)):
        assert "No second person is needed any more for:" in page
        assert "Nothing changes until another person has approved it." in page
        # In the reader's own zone.
        assert f'It comes to nothing on <time datetime="{change.ends_at.isoformat(timespec="milliseconds")}"' in page
    camille.post(where, {"decision": "approve", "note": ""})
    assert "Stolen" in FleetRules.objects.get().approval_types
    diane.post(where, {"decision": "approve", "note": "I have talked to Camille."})
    assert "Stolen" not in FleetRules.objects.get().approval_types
    page = text_of(camille, page_of(world))
    assert "Approved · Diane Arnaud" in page
    assert "“I have talked to Camille.”" in page
    audit = text_of(camille, reverse("audit", args=[world.lyon.public_id]))
    assert "Asked a second person for a change: weaker rules" in audit
    assert "Approved a change as the second person: weaker rules" in audit


def test_a_change_is_refused_or_taken_back(world: World, camille: Client, diane: Client, change: Proposal) -> None:
    where = page_of(world, change.public_id)
    diane.post(where, {"decision": "withdraw"})
    assert Proposal.objects.get().is_open
    camille.post(where, {"decision": "withdraw"})
    assert Proposal.objects.get().outcome == "withdrawn"
    diane.post(where, {"decision": "approve"})
    assert "Stolen" in FleetRules.objects.get().approval_types


@pytest.mark.parametrize("decision", ["", "anything"])
def test_what_is_no_decision_decides_nothing(world: World, diane: Client, change: Proposal, decision: str) -> None:
    assert diane.post(page_of(world, change.public_id), {"decision": decision}).status_code == 422
    assert Proposal.objects.get().is_open


def test_what_is_about_all_fleets_is_for_admins(world: World, log_in: LogIn, diane: Client) -> None:
    root, another = (make_person(name, is_superuser=True) for name in ("root", "another"))
    row = Approver.objects.filter(user=another, fleet=None).get()
    Approver.objects.filter(pk=row.pk).update(confirmed_at=None, confirmed_by=None)
    found = proposals.propose(None, "approver", {"approver": row.pk, "user": another.pk}, by=another)
    where = reverse("proposal-of-all", args=[found.public_id])
    assert diane.get(where).status_code == 404
    assert log_in(root).get(where).status_code == 200
    assert log_in(root).get(page_of(world, found.public_id)).status_code == 404


def test_what_was_sent_alone_is_looked_into_by_another(
    world: World, camille: Client, diane: Client, asked: RemoteAction
) -> None:
    review = break_glass(asked, world.camille, REASON)
    where = page_of(world, "reviews", review.public_id)
    assert f"“{REASON}”" in text_of(camille, where)
    overview = reverse("overview", args=[world.lyon.public_id])
    assert "action was sent without a second person" in text_of(diane, overview)
    camille.post(where, {"note": "It was right."})
    assert Review.objects.get().closed_at is None
    assert "I have looked into it" in text_of(diane, where)
    diane.post(where, {"note": "The police have it."})
    assert Review.objects.get().note == "The police have it."
    assert "“The police have it.”" in text_of(camille, page_of(world))
    audit = text_of(camille, reverse("audit", args=[world.lyon.public_id]))
    assert "Looked into what was sent without a second person" in audit
    assert "action was sent without a second person" not in text_of(diane, overview)


def test_a_viewers_list_of_alerts_leads_to_what_they_may_see(
    world: World, viktor: Client, asked: RemoteAction, change: Proposal
) -> None:
    second_person.look()
    page = text_of(viktor, reverse("alerts", args=[world.lyon.public_id]))
    for where in (act(world, asked, "").rstrip("/"), page_of(world, change.public_id)):
        assert f'href="{where}"' in page
        assert viktor.get(where).status_code == 200
    assert "/approve" not in page


def test_rules_say_what_waits(world: World, camille: Client, change: Proposal) -> None:
    page = text_of(camille, reverse("sending-rules", args=[world.lyon.public_id]))
    assert "Waits for a second person" in page
    assert f'href="{page_of(world, change.public_id)}"' in page
    assert "1 change waits for a second person" in text_of(camille, reverse("overview", args=[world.lyon.public_id]))


def test_who_sees_some_vehicles_only_sees_no_decisions(
    world: World, log_in: LogIn, asked: RemoteAction, change: Proposal
) -> None:
    guest: User = make_person("guest", world.lyon)
    membership = guest.memberships.get()
    membership.narrowed = True
    membership.save()
    membership.vehicles.add(make_vehicle(world.lyon, "Guest's"))
    browser = log_in(guest)
    assert browser.get(page_of(world)).status_code == 403
    assert browser.get(page_of(world, change.public_id)).status_code == 403
    assert browser.get(reverse("overview", args=[world.lyon.public_id])).status_code == 403
