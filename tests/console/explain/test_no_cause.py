"""A failure without a cause has a sentence of its own wherever it is shown, and an unknown cause shows its word."""

import csv
import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.translation import override

from callbacks.models import Notification
from console.audit.words import what
from console.bulk.words import item_word
from fleets.models import AuditEntry
from protocol.canonical import ActionReport
from protocol.canonical.reading import decode_action
from remotes.counts.conditions import reason_choices
from remotes.life.endings import record_report
from remotes.models import BulkItem, RemoteAction
from remotes.words.failures import why_failed
from tests.callbacks.outbox_world import make_callback
from tests.campaigns.schedule_world import make_schedule
from tests.cases import case
from tests.console.conftest import LogIn
from tests.published import WEBHOOK, hold
from tests.remotes.conftest import Notify, Yard, event, notify, yard
from tests.world import make_action, make_person, make_vehicle

__all__ = ["notify", "yard"]

NO_CAUSE = "It failed, and the manufacturer's cloud gave no cause."
ODD = "TheMoonIsFull"
ODD_WORDS = f"The manufacturer's cloud gave a cause that is not known here: “{ODD}”."
NOTHING: list[dict[str, Any]] = [{}, {"failureCause": None}, {"failureCause": ""}, {"failureCause": " \t"}]


@pytest.fixture
def manager(yard: Yard, log_in: LogIn) -> Client:
    return log_in(make_person("camille", yard.fleet))


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    page = re.sub(r"<option.*?</option>", "", answer.content.decode())
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def failed(cause: dict[str, Any], **more: Any) -> dict[str, Any]:
    return event("Failed", done=True) | {"eventStatus": {"type": "Done", "status": "Failed", **cause}} | more


def in_v1(cause: dict[str, Any]) -> bytes:
    status = {"type": "Done", "status": "Failed", **cause}
    remote = {"remoteActionId": "a1", "remoteType": "", "eventStatus": status}
    return json.dumps(
        {"channelId": "c1", "type": "Remote", "date": "2026-11-29T10:00:00Z", "remoteEvent": remote}
    ).encode()


def of_case(notify: Notify) -> None:
    body = case("notification-failed-without-cause")["body"]
    body["events"][0]["remoteActionId"] = "a1"
    assert notify(body=json.dumps(body).encode()).status_code == 200


TOLD: list[Callable[[Notify], object]] = [
    of_case,
    *(lambda notify, cause=cause: notify(failed(cause, vin=" ", remoteType=None)) for cause in NOTHING),
    *(lambda notify, cause=cause: notify(body=in_v1(cause)) for cause in NOTHING),
]


@pytest.mark.parametrize("tell", TOLD)
def test_a_notification_without_a_cause_is_passed_on_as_such(yard: Yard, notify: Notify, tell: Any) -> None:
    action = yard.action(callback=make_callback(yard.fleet))
    tell(notify)
    action.refresh_from_db()
    assert (action.status, action.failure_cause, why_failed(action)) == ("Failed", None, NO_CAUSE)
    row = Notification.objects.get()
    told = json.loads(row.event)
    assert (row.vin, row.remote_type) == (told["vin"], told["remoteType"]) == (yard.vehicle.vin, "Doors")
    assert told["eventStatus"] == {"type": "Done", "status": "Failed"}
    hold(told, "RemoteEvent", WEBHOOK)
    assert item_word(BulkItem(state="failed", action=action)).meaning == NO_CAUSE


@pytest.mark.parametrize("cause", NOTHING)
def test_so_is_what_was_asked_for(yard: Yard, cause: dict[str, Any]) -> None:
    action = yard.action(callback=make_callback(yard.fleet))
    report: ActionReport = decode_action({"remoteActionId": "a1", "status": "Failed", "feedbackDetail": "", **cause})
    assert record_report(action.pk, report)
    action.refresh_from_db()
    assert (action.failure_cause, action.feedback_detail, why_failed(action)) == (None, None, NO_CAUSE)
    assert "failureCause" not in json.loads(Notification.objects.get().event)["eventStatus"]
    assert what(AuditEntry(kind="ended", document={"status": "Failed", **cause})) == f"Failed · {NO_CAUSE}"


@pytest.mark.parametrize(("cause", "words"), [({}, NO_CAUSE), ({"failureCause": ODD}, ODD_WORDS)])
def test_every_page_and_file_says_so(
    yard: Yard, notify: Notify, manager: Client, cause: dict[str, Any], words: str
) -> None:
    action = yard.action()
    notify(failed(cause))
    fleet = f"/fleets/{yard.fleet.public_id}"
    vehicle = f"{fleet}/vehicles/{yard.vehicle.public_id}"
    lists = [f"{fleet}/overview", f"{fleet}/actions", fleet]
    for path in (*lists, vehicle, f"{vehicle}/actions/{action.public_id}/explain"):
        page = text_of(manager, path)
        assert words in page, path
    for path in (f"{fleet}/actions.csv", f"{fleet}/vehicles.csv"):
        rows = list(csv.reader(b"".join(manager.get(path)).decode("utf-8-sig").splitlines()))
        assert words in rows[1], path


def test_so_does_the_run_of_a_schedule(yard: Yard, manager: Client) -> None:
    action = make_action(yard.vehicle, state="done", status="Failed")
    schedule = make_schedule(yard.fleet, make_person("planner", yard.fleet))
    now = timezone.now()
    schedule.runs.create(
        planned_at=now,
        local_date=now.date(),
        local_time=now.time(),
        zone="UTC",
        at=now,
        state="sent",
        asked=1,
        action=action,
    )
    assert NO_CAUSE in text_of(manager, f"/fleets/{yard.fleet.public_id}/schedules/{schedule.public_id}")


@pytest.mark.parametrize(
    ("cause", "query", "others"),
    [
        (None, "not-told", ["not-known", "GeneralError"]),
        ("", "not-told", ["not-known"]),
        (ODD, "not-known", ["not-told", "DoorsOpen"]),
        (ODD, ODD, ["OddToo"]),
        ("DoorsOpen", "DoorsOpen", ["not-known", "not-told"]),
    ],
)
def test_the_lists_find_it_by_its_cause(
    yard: Yard, manager: Client, cause: str | None, query: str, others: list[str]
) -> None:
    make_action(yard.vehicle, state="done", status="Failed", failure_cause=cause)
    make_action(make_vehicle(yard.fleet, "Fine"), state="done", status="Success")
    for place in ("", "/actions"):
        path = f"/fleets/{yard.fleet.public_id}{place}?cause="
        assert yard.vehicle.public_id in manager.get(path + query).content.decode()
        assert f'<option value="{query}" selected>' in manager.get(path + query).content.decode()
        for other in others:
            assert yard.vehicle.public_id not in manager.get(path + other).content.decode(), (place, other)


def test_an_end_of_our_own_is_not_laid_on_the_cloud(yard: Yard, manager: Client) -> None:
    make_action(yard.vehicle, state="expired", status="Failed", failure_cause="GeneralError", status_stage=2)
    for query, is_there in (("GeneralError", False), ("expired", True)):
        page = manager.get(f"/fleets/{yard.fleet.public_id}?cause={query}").content.decode()
        assert (yard.vehicle.public_id in page) == is_there, query


def test_what_failed_twice_without_a_cause_has_not_failed_for_one_reason(yard: Yard, manager: Client) -> None:
    for cause in (None, "", None):
        action = make_action(
            yard.vehicle, state="done", status="Failed", failure_cause=cause, finished_at=timezone.now()
        )
    page = text_of(
        manager, f"/fleets/{yard.fleet.public_id}/vehicles/{yard.vehicle.public_id}/actions/{action.public_id}/explain"
    )
    assert NO_CAUSE in page
    assert "same reason" not in page
    assert RemoteAction.objects.count() == 3


@pytest.mark.parametrize("language", ["en", "fr"])
def test_no_two_reasons_to_choose_look_the_same(language: str):
    """Both dialects have a cause of their own for the same: who chooses one would not see what the other one finds."""
    with override(language):
        words = [text for _, text in reason_choices()]
    assert len(set(words)) == len(words)
