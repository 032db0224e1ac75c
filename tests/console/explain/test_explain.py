"""Why an action failed: on the vehicle's page in short, and on a page or in a dialog of its own."""

import re
from datetime import timedelta
from types import ModuleType
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from fleets.audit.entries import Kind, record
from fleets.models import Vehicle
from fleets.vehicles.state import moment_of, state_rows
from gateways import codes as cloud
from protocol import statuses, why
from protocol.why import Why, sentences
from remotes import audit
from remotes.checks import checks
from remotes.life.endings import end_by_us
from remotes.models import FleetRules, RemoteAction, WakeUp
from remotes.words import codes
from remotes.words.causes import CAUSES
from remotes.words.ends import ENDS, OUTCOME_UNKNOWN
from remotes.words.expired import EXPIRED
from remotes.words.failures import words_of
from remotes.words.refusals import REFUSALS, REFUSED
from remotes.words.texts import Text
from tests.cases import case
from tests.console.conftest import World
from tests.world import make_action, make_event

HTMX = {"HX-Request": "true"}
NOBODY_KNOWS = "TheMoonIsFull"


def failed(vehicle: Vehicle, cause: str | None, command: str = "unlock", **values: Any) -> RemoteAction:
    """An action that upstream has ended as failed."""
    action = make_action(
        vehicle, command, state="done", status="Failed", failure_cause=cause, sent_at=timezone.now(), **values
    )
    make_event(action, "Failed", cause=cause)
    return action


def text_of(client: Client, world: World, action: RemoteAction) -> str:
    """The explanation's text, without markup."""
    answer = client.get(url_of(world, action))
    assert answer.status_code == 200
    main = answer.content.decode().partition('<main id="main"')[2]
    return " ".join(re.sub(r"<[^>]+>", " ", main).split()).replace("&#x27;", "'")


def url_of(world: World, action: RemoteAction, part: str = "explain") -> str:
    return world.page_of(action.vehicle, f"/actions/{action.public_id}/{part}")


# Nothing is without words.


def is_whole(text: Text) -> bool:
    return all(str(words).endswith(".") for words in (text.text, text.meaning, text.advice))


@pytest.mark.parametrize("cause", statuses.FAILURE_CAUSES_V1)
def test_every_cause_of_both_dialects_has_words(cause: str):
    assert set(statuses.FAILURE_CAUSES_V3) <= set(statuses.FAILURE_CAUSES_V1)
    assert is_whole(CAUSES[cause])


@pytest.mark.parametrize(
    "text", [*ENDS.values(), *EXPIRED.values(), *OUTCOME_UNKNOWN.values(), *REFUSALS.values(), REFUSED]
)
def test_our_own_ends_and_refusals_have_words(text: Text):
    assert is_whole(text)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500])
def test_refusals_by_http_have_words(status: int):
    assert status in REFUSALS


# What waits for these, is asked for anew or is only told needs no explanation of its own.
_ENDS_WELL = {codes.SAID_DONE, codes.SAID_DONE_BECAUSE}


def codes_of(module: ModuleType) -> dict[str, str]:
    """The codes of a module by their constants."""
    known = sentences()
    return {name: value for name, value in vars(module).items() if isinstance(value, str) and value in known}


def test_every_way_to_end_an_action_has_an_explanation():
    # Why an action ended stands first in the list, why it waits from the first of these on.
    names = list(codes_of(codes))
    ends = [getattr(codes, name) for name in names[: names.index("APPROVAL")]]
    assert len(ends) > 20
    assert [code for code in ends if code not in ENDS] == [code for code in ends if code in _ENDS_WELL]


def test_everything_that_an_action_waits_for_has_an_explanation_when_it_expires():
    names = list(codes_of(codes))
    waits = [getattr(codes, name) for name in names[names.index("APPROVAL") : names.index("WORKER_STOPPED")]]
    waits += [cloud.UNREACHABLE, cloud.BAD_ADDRESS, cloud.BAD_ADDRESS_BECAUSE, cloud.SLOW_DOWN_BECAUSE]
    waits += [cloud.PROXY_UNREACHABLE, cloud.CERTIFICATE_REFUSED, cloud.BAD_CREDENTIALS]
    waits += [cloud.TOKEN_FAILED, cloud.TOKEN_LATE, cloud.TOKEN_NO_TIME]
    for code in waits:
        why = Why(codes.EXPIRED_BECAUSE, life=Why(codes.MINUTES, number=5), why=Why(code))
        known_by, text = words_of("GeneralError", why)
        assert known_by == codes.EXPIRED_BECAUSE
        assert text is EXPIRED[code], code


def test_every_answer_that_leaves_the_outcome_unknown_has_an_explanation():
    answers = (cloud.ANSWERED, cloud.ANSWERED_SAYING, cloud.REDIRECTED, cloud.PAGE, cloud.UNREADABLE)
    for code in (*answers, cloud.NO_ANSWER, cloud.CUT, cloud.UNREADABLE_BECAUSE, cloud.WITHOUT):
        assert code in OUTCOME_UNKNOWN


@pytest.mark.parametrize("name", ["gone", "left", "not able", "same", "moving", "reserve"])
def test_what_the_checks_say_has_an_explanation(world: World, name: str):
    van, now = world.van, timezone.now()
    action = make_action(van, "immobilise", user=world.camille)
    asked = checks.Checked(action, FleetRules(fleet=world.lyon, wake_ups_a_month=0), [action], now)
    if name == "moving":
        van.state = {"kinetic": {"moving": True, "createdAt": now.isoformat()}}
    elif name == "gone":
        van.gone_at = now
    elif name == "not able":
        van.capabilities = []
    elif name == "left":
        van.fleet = world.paris
    elif name == "reserve":
        action.remote_type, action.payload = "Horn", {"state": "Activated", "number": 1}
        asked = checks.Checked(action, asked.rules, [], now)
    check = {"moving": checks.moving, "gone": checks.capability, "not able": checks.capability}.get(name)
    check = check or {"left": checks.rights, "same": checks.same_in_progress, "reserve": checks.wake_up}[name]
    refusal = check(asked)
    assert refusal is not None
    assert refusal.why.code in ENDS
    assert str(refusal.why).startswith("Not sent: ")


def test_a_sentence_that_is_reworded_loses_no_explanation(world: World, monkeypatch: pytest.MonkeyPatch):
    """What is stored is a code: its words may be others today than when it was stored."""
    action = make_action(world.van)
    end_by_us(action, Why(codes.NOT_MANAGER), statuses.MISSING_RIGHTS)
    monkeypatch.setitem(why._sentences, codes.NOT_MANAGER, "Whoever wanted it has lost the right to.")
    action.refresh_from_db()
    assert action.detail == "Whoever wanted it has lost the right to."
    assert words_of("MissingRights", action.why) == (codes.NOT_MANAGER, ENDS[codes.NOT_MANAGER])


def test_an_unknown_cause_is_shown_as_it_came(camille: Client, world: World):
    page = text_of(camille, world, failed(world.van, NOBODY_KNOWS))
    assert NOBODY_KNOWS in page
    assert "gave a reason that FleetRemote does not know yet" in page
    assert "give the manufacturer's support the reason and the time" in page


# The likely reason for this vehicle.


def report(vehicle: Vehicle, **state: Any) -> None:
    vehicle.state = state
    vehicle.save(update_fields=["state"])


def at(**before: float) -> str:
    return (timezone.now() - timedelta(**before)).isoformat()


def test_a_low_battery_is_told_with_its_age(camille: Client, world: World):
    report(world.van, energies=[{"type": "Electric", "level": 6, "createdAt": at(hours=3)}])
    page = text_of(camille, world, failed(world.van, "NotPossibleDueToVehicleBatteryLevel"))
    assert "The drive battery showed 6 % 3 hours before." in page
    assert "Charge it or have it driven for a while, then try again." in page


def test_a_battery_that_was_charged_since_speaks_for_another_try(camille: Client, world: World):
    action = failed(world.van, "NotPossibleDueToVehicleBatteryLevel")
    RemoteAction.objects.filter(pk=action.pk).update(finished_at=timezone.now() - timedelta(hours=5))
    report(world.van, energies=[{"type": "Electric", "level": 80, "createdAt": at(hours=2)}])
    assert "The drive battery showed 80 % 3 hours after, so trying again may work." in text_of(camille, world, action)


def test_no_contact_and_a_weak_starter_battery(camille: Client, world: World):
    report(world.van, battery={"voltage": 24, "createdAt": at(days=2)}, updatedAt=at(days=2))
    page = text_of(camille, world, failed(world.van, "VehicleConnectionTimeout"))
    assert "It was last heard of 2 days before." in page
    assert "The 12 V battery showed 24 % 2 days before." in page


def test_a_vehicle_that_was_never_heard_of(camille: Client, world: World):
    assert "never heard of this vehicle" in text_of(camille, world, failed(world.van, "VehicleConnectionTimeout"))


@pytest.mark.parametrize(
    ("cause", "state", "words"),
    [
        ("PrivacyFull", {"privacy": {"state": "Full"}}, "its privacy at that time as “On: shares nothing”"),
        ("VehicleInUse", {"ignition": {"type": "Start"}}, "The ignition was on at that time."),
        ("VehicleInUse", {"kinetic": {"moving": True}}, "The vehicle was moving at that time."),
        ("DoorsOpen", {"doorsState": {"opening": [{"identifier": "Trunk", "state": "Open"}]}}, "at that time: boot."),
        ("VehicleIsNotLocked", {"doorsState": {"lockedStates": ["Unlocked"]}}, "at that time as “Unlocked”"),
        ("StolenVehicle", {"stolen": {"state": True}}, "that it is marked as stolen"),
        (
            "ExternalChargingSystemError",
            {"energies": [{"type": "Electric", "extension": {"electric": {"charging": {"plugged": False}}}}]},
            "It was not plugged in at that time.",
        ),
    ],
)
def test_what_the_state_tells(camille: Client, world: World, cause: str, state: dict[str, Any], words: str):
    """Each part goes by its own date: of one without a date nobody knows whether it was so at that time."""
    report(world.van, **dated(state), updatedAt=at(seconds=5))
    assert words in text_of(camille, world, failed(world.van, cause))
    report(world.van, **state, updatedAt=at(seconds=5))
    assert words not in text_of(camille, world, failed(world.van, cause))


def test_a_cable_that_is_in_is_not_said_to_be_out(camille: Client, world: World):
    """By the word for its charging it was not; and the date of its energy is months old, but for the list before it."""
    state = case("status-frozen-created-at")["status"]
    rows = {row.key: row for row in state_rows(state)}
    assert (rows["charging"].text, rows["energy-Electric"].at) == ("Plugged in", moment_of(state, "updatedAt"))
    cause = case("notification-plug-contradiction")["body"]["events"][0]["eventStatus"]["failureCause"]
    report(world.van, **dated(state))
    assert "plugged in at that time" not in text_of(camille, world, failed(world.van, cause))
    state["energies"][0]["extension"]["electric"]["charging"]["plugged"] = False
    report(world.van, **dated(state))
    assert "It was not plugged in at that time." in text_of(camille, world, failed(world.van, cause))


def dated(state: dict[str, Any]) -> dict[str, Any]:
    """The same, each of its parts told five seconds before the action failed."""
    date = {"createdAt": at(seconds=5)}
    lists = {name: [item | date for item in part] for name, part in state.items() if isinstance(part, list)}
    return {name: part | date for name, part in state.items() if isinstance(part, dict)} | lists


def test_a_state_of_later_says_nothing_of_then(camille: Client, world: World):
    action = failed(world.van, "VehicleInUse")
    RemoteAction.objects.filter(pk=action.pk).update(finished_at=timezone.now() - timedelta(days=2))
    report(world.van, ignition={"type": "Start", "createdAt": at(seconds=5)})
    assert "The ignition was on" not in text_of(camille, world, action)


def test_many_wake_ups_are_counted_from_the_ledger(camille: Client, world: World):
    FleetRules.objects.create(fleet=world.lyon, wake_ups_a_month=20, wake_reserve=5)
    for command in ("refresh", "refresh", "honk"):
        woke = make_action(world.van, command, state="done", status="Success")
        WakeUp.objects.create(action=woke, vehicle=world.van, at=timezone.now())
    page = text_of(camille, world, failed(world.van, "TooManyWakeUpsOverMonth"))
    assert "FleetRemote knows of 3 wake-ups in that month." in page
    assert "Most of them, 2, were for “Refresh state”." in page
    assert "The fleet's rules allow 20 a month, with a reserve of 5 for emergencies." in page


def test_the_same_under_way_is_named_and_linked(camille: Client, world: World):
    first = make_action(world.van, state="accepted", sent_at=timezone.now() - timedelta(minutes=2))
    page = camille.get(url_of(world, failed(world.van, "SameActionInProgress"))).content.decode()
    assert "“Unlock”, asked for at that time, was still under way." in page
    assert f"#action-{first.public_id}" in page


def test_earlier_failures_in_a_row_and_later_success_are_told(camille: Client, world: World):
    make_action(world.van, state="done", status="Success")
    for _ in range(3):
        failed(world.van, "VehicleError", "honk")
    last = failed(world.van, "VehicleError")
    page = text_of(camille, world, last)
    assert "The 3 commands before it failed for the same reason." in page
    assert "It worked before: “Unlock” was carried out" in page
    make_action(world.van, state="done", status="Success")
    assert "The same has worked since: “Unlock” was carried out at that time." in text_of(camille, world, last)


def test_too_many_commands_are_counted(camille: Client, world: World):
    for _ in range(4):
        make_action(world.van, "honk", state="done", status="Success", sent_at=timezone.now() - timedelta(minutes=1))
    page = text_of(camille, world, failed(world.van, "TooManyRequestInShortTime", finished_at=timezone.now()))
    assert "4 other commands were sent to this vehicle in the 10 minutes before." in page


def test_a_vehicle_without_the_feature(camille: Client, world: World):
    Vehicle.objects.filter(pk=world.van.pk).update(capabilities=["WakeUp"])
    page = text_of(camille, world, failed(world.van, "WrongCommand"))
    assert "The manufacturer does not list this feature for the vehicle: Lock or unlock." in page


# Refusals by HTTP and ends of our own.


def test_a_refusal_is_explained_by_its_status_and_quoted(camille: Client, world: World):
    action = make_action(world.van, state="sending", claim_id="0" * 32, lease_until=timezone.now())
    answer = {"purpose": "send", "status": 404, "headers": []}
    record(Kind.ANSWERED, audit.about(action), document=answer, body=b"{}")
    end_by_us(action, Why(codes.REFUSED, why=Why(cloud.SAYS, words="No such vehicle.")))
    page = text_of(camille, world, action)
    assert "The manufacturer's cloud does not know this vehicle any more." in page
    assert "The manufacturer's cloud says: No such vehicle." in page
    assert "HTTP 404" in page


def test_an_expired_action_tells_what_it_waited_for(camille: Client, world: World):
    action = make_action(world.van)
    end_by_us(
        action,
        Why(codes.EXPIRED_BECAUSE, life=Why(codes.MINUTES, number=5), why=Why(codes.STOPPED, why="Drill.")),
        state=RemoteAction.State.EXPIRED,
    )
    page = text_of(camille, world, action)
    assert "It was not sent in time: sending was stopped." in page
    assert "Look under “Sending” whether sending is allowed again" in page


def test_an_unknown_outcome_is_explained_too(camille: Client, world: World):
    action = make_action(world.van, "honk", state="unknown", sent_at=timezone.now(), why=Why(cloud.NO_ANSWER))
    assert url_of(world, action) in camille.get(world.page_of(world.van)).content.decode()
    page = text_of(camille, world, action)
    assert "Why nobody knows the outcome of “Honk”" in page
    assert "The answer of the manufacturer's cloud was lost." in page


NOT_LET_IN = [
    (
        codes.IN_FRONT_BECAUSE,
        {"status": 403},
        "Forbidden: Not allowed by the gateway.",
        "something in front of the manufacturer's cloud refused it.",
        "the account may not be released for this API",
    ),
    (
        codes.CREDENTIALS_BECAUSE,
        {},
        "Unauthorized: Invalid client id.",
        "the manufacturer's cloud refused our credentials.",
        "set the right client ID, user name, password or certificate",
    ),
    (
        codes.NOTHING_THERE,
        {"status": 404},
        "404 Not Found: nginx",
        "the address of the manufacturer's cloud leads nowhere.",
        "its path above all",
    ),
]


@pytest.mark.parametrize(("code", "values", "said", "text", "advice"), NOT_LET_IN)
def test_what_was_not_let_in_is_explained_by_who_refused_it_and_quoted(
    camille: Client, world: World, code: str, values: dict[str, int], said: str, text: str, advice: str
):
    action = make_action(world.van)
    waited = Why(code, **values, why=Why(cloud.SAYS, words=said))
    why = Why(codes.EXPIRED_BECAUSE, life=Why(codes.MINUTES, number=5), why=waited)
    end_by_us(action, why, state=RemoteAction.State.EXPIRED)
    page = text_of(camille, world, action)
    assert f"It was not sent in time: {text}" in page
    assert advice in page
    assert said in page
    assert "contract" not in page


@pytest.mark.parametrize(
    ("met", "text"),
    [
        (Why(codes.IN_FRONT_SAYING, status=404, words="Not Found"), "something in front of"),
        (Why(codes.IN_FRONT_SAYING, status=502, words="Bad Gateway"), "the manufacturer's cloud was down."),
        (Why(codes.LEADS_ELSEWHERE, status=302, where="https://sso.example/login"), "a page answered in place of"),
        (Why(codes.IS_PAGE, words="Log in"), "a page answered in place of"),
        (Why(codes.IS_SILENT), "the manufacturer's cloud was down."),
    ],
)
def test_a_gateway_that_counted_as_down_is_explained_by_what_it_had_met(met: Why, text: str):
    down = Why(codes.DOWN_BECAUSE, why=met)
    _, words = words_of("GeneralError", Why(codes.EXPIRED_BECAUSE, life=Why(codes.MINUTES, number=5), why=down))
    assert f"It was not sent in time: {text}" in str(words.text)


@pytest.mark.parametrize(
    ("why", "text"),
    [
        (Why(cloud.ANSWERED_SAYING, status=502, words="502 Bad Gateway: nginx"), "gave no clear answer."),
        (Why(cloud.REDIRECTED, status=302, where="https://sso.example/login"), "A page answered in place of"),
        (Why(cloud.PAGE, words="Log in"), "A page answered in place of"),
    ],
)
def test_an_unknown_outcome_keeps_upstreams_words(camille: Client, world: World, why: Why, text: str):
    action = make_action(world.van, "honk", state="unknown", sent_at=timezone.now(), why=why)
    page = text_of(camille, world, action)
    assert text in page
    assert str(why) in page


def test_what_has_not_failed_needs_no_explanation(camille: Client, world: World):
    action = make_action(world.van, state="done", status="Success")
    assert camille.get(url_of(world, action))["Location"] == world.page_of(world.van)


# What can be done here.


def test_the_history_says_it_in_short_and_leads_on(camille: Client, world: World):
    action = failed(world.van, "VehicleConnectionTimeout")
    page = camille.get(world.page_of(world.van)).content.decode()
    assert "The vehicle could not be reached." in page
    assert url_of(world, action) in page
    assert url_of(world, action, "again") in page


def test_harmless_types_are_tried_again_at_once_and_others_after_a_question(camille: Client, world: World):
    climate = failed(world.van, "GeneralError", "start-climate")
    page = camille.get(url_of(world, climate)).content.decode()
    assert f'method="post" action="{url_of(world, climate, "again")}"' in page
    assert camille.post(url_of(world, climate, "again")).status_code == 303
    assert world.van.remote_actions.count() == 2

    unlock = failed(world.van, "GeneralError")
    page = camille.get(url_of(world, unlock)).content.decode()
    assert f'href="{url_of(world, unlock, "again")}"' in page
    assert f'method="post" action="{url_of(world, unlock, "again")}"' not in page


def test_a_vehicle_that_was_silent_is_not_called_once_more_but_looked_for(camille: Client, world: World):
    """Each command wakes it up, so a wake-up would have the same end and spend one more."""
    action = failed(world.van, "VehicleConnectionTimeout")
    page = camille.get(url_of(world, action)).content.decode()
    assert 'value="wake-up"' not in page
    assert "Try again later, or when it is on the road." in page


def test_a_viewer_is_told_all_but_can_do_nothing(viktor: Client, world: World):
    action = failed(world.van, "VehicleConnectionTimeout")
    page = viktor.get(url_of(world, action)).content.decode()
    assert "The vehicle could not be reached." in page
    assert "explained-again" not in page
    assert "Whoever may send commands can try again from here." in page


def test_another_fleets_failures_are_nobodys_here(camille: Client, world: World):
    assert camille.get(url_of(world, failed(world.rental, "GeneralError"))).status_code == 404


def test_a_dialog_gets_the_content_alone(camille: Client, world: World):
    answer = camille.get(url_of(world, failed(world.van, "GeneralError")), headers=HTMX)
    assert answer["HX-Retarget"] == "#confirm"
    assert b"<html" not in answer.content


def test_a_person_who_is_not_logged_in(world: World):
    action = failed(world.van, "GeneralError")
    assert Client().get(url_of(world, action)).status_code == 302
    assert Client().get(url_of(world, action), headers=HTMX).status_code == 401


def test_an_explanation_takes_few_queries_whatever_there_is(
    camille: Client, world: World, django_assert_max_num_queries: DjangoAssertNumQueries
):
    FleetRules.objects.create(fleet=world.lyon, wake_ups_a_month=20)
    for _ in range(30):
        earlier = failed(world.van, "TooManyWakeUpsOverMonth", user=world.camille)
        WakeUp.objects.create(action=earlier, vehicle=world.van, at=timezone.now())
    with django_assert_max_num_queries(12):
        page = camille.get(url_of(world, earlier)).content
    assert len(page) < 100_000
