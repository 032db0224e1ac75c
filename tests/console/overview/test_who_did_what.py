"""Who did what: the list of actions by person, service, way, reason, approver and time; each row says all of it."""

import re
from collections.abc import Iterator
from csv import DictReader
from datetime import UTC, datetime, timedelta
from html import unescape
from io import StringIO
from typing import Any
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from console.overview import actions
from fleets.models import ApiClient, MembershipVehicle
from remotes.models import FleetRules, RemoteAction, Review, ScheduleRun
from tests.campaigns.bulk_world import begin, make_bulk, make_vehicles, step
from tests.campaigns.schedule_world import make_schedule
from tests.console.conftest import World
from tests.world import make_action

_TAG = re.compile(r"<[^>]*>")
DONE = {"state": "done", "status": "Success"}


def page_of(client: Client, world: World, **asked: str) -> str:
    answer = client.get(f"/fleets/{world.lyon.public_id}/actions?{urlencode(asked)}")
    assert answer.status_code == 200
    return answer.text


def text_of(html: str) -> str:
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def listed(client: Client, world: World, **asked: str) -> list[str]:
    return re.findall(r'<tr id="action-([^"]*)"', page_of(client, world, **asked))


def row_of(html: str, action: RemoteAction) -> str:
    found = re.search(rf'<tr id="action-{action.public_id}".*?</tr>', html, re.DOTALL)
    assert found
    return text_of(found[0])


@pytest.fixture
def service(world: World) -> ApiClient:
    client = ApiClient.objects.create(client_id="booking", name="Booking", username="booking", owner=world.camille)
    client.fleets.add(world.lyon)
    return client


def test_each_row_says_who_why_and_who_agreed(camille: Client, world: World, service: ApiClient):
    mine = make_action(world.van, user=world.camille, origin="page", reason="Keys are lost", **DONE)
    theirs = make_action(world.van, api_client=service, approved_by=world.viktor, approved_at=timezone.now(), **DONE)
    alone = make_action(world.van, "immobilise", user=world.viktor, origin="page", approved_at=timezone.now(), **DONE)
    Review.objects.create(
        fleet=world.lyon, action=alone, by=world.viktor, reason="It was being stolen", at=timezone.now()
    )
    gone = make_action(world.van, **DONE)
    html = page_of(camille, world)
    assert "“Keys are lost”" in row_of(html, mine)
    assert "Booking (service)" in row_of(html, theirs)
    assert "Approved by viktor" in row_of(html, theirs)
    assert "Sent alone by viktor" in row_of(html, alone)
    assert "someone who is not here any more" in row_of(html, gone)
    # Each of them leads to all that the same one did.
    assert listed(camille, world, who=f"person-{world.camille.pk}") == [mine.public_id]
    assert listed(camille, world, who=f"client-{service.pk}") == [theirs.public_id]
    assert listed(camille, world, who="gone") == [gone.public_id]
    for link in (f"?who=person-{world.camille.pk}", f"?who=client-{service.pk}", "?who=gone"):
        assert f'actions{link}"' in html
    assert listed(camille, world, approver=str(world.viktor.pk)) == [theirs.public_id]
    assert listed(camille, world, approver="any") == [theirs.public_id]
    assert listed(camille, world, reason="lost KEYS") == [mine.public_id]
    assert listed(camille, world, reason="stolen") == [alone.public_id]
    assert listed(camille, world, way="alone") == [alone.public_id]
    assert listed(camille, world, way="page", who=f"person-{world.viktor.pk}") == [alone.public_id]


def test_a_schedule_and_a_bulk_command_are_named_and_linked(camille: Client, world: World):
    make_vehicles(world.lyon, 2)
    bulk = make_bulk(world.lyon, world.camille)
    begin(bulk, world.camille)
    step(bulk)
    sent = RemoteAction.objects.filter(bulk_item__bulk=bulk)
    assert sent
    assert {*listed(camille, world, way="bulk")} == {action.public_id for action in sent}
    html = page_of(camille, world, way="bulk")
    assert "By a bulk command" in row_of(html, sent[0])
    assert f'/bulk/{bulk.public_id}"' in html
    assert listed(camille, world, way="schedule") == []
    # What a schedule asks of many goes as a bulk command, and is by both.
    weekly = make_schedule(world.lyon, world.camille, name="Warm in the morning")
    run = {"planned_at": timezone.now(), "local_date": "2025-12-01", "local_time": "07:00", "zone": "UTC"}
    ScheduleRun.objects.create(schedule=weekly, at=timezone.now(), state="sent", asked=2, bulk=bulk, **run)
    html = page_of(camille, world, way="schedule")
    assert "Schedule “Warm in the morning”" in row_of(html, sent[0])
    assert f'/schedules/{weekly.public_id}"' in html


def test_by_moments_of_the_fleets_clocks_and_by_days(camille: Client, world: World):
    FleetRules.objects.create(fleet=world.lyon, time_zone="Pacific/Auckland")
    # 1 December, 14:00 there.
    early = make_action(world.van, finished_at=datetime(2025, 12, 1, 0, 59, tzinfo=UTC), **DONE)
    late = make_action(world.van, finished_at=datetime(2025, 12, 1, 1, 0, tzinfo=UTC), **DONE)
    open_one = make_action(world.van, "honk")
    assert listed(camille, world, **{"from": "2025-12-01T14:00"}) == [open_one.public_id, late.public_id]
    assert listed(camille, world, **{"from": "2025-12-01T13:00", "to": "2025-12-01T14:00"}) == [early.public_id]
    said = text_of(page_of(camille, world, **{"from": "2025-12-01T13:00", "to": "2025-12-01T14:00"}))
    assert "Ended from: 1 Dec 2025, 13:00" in said
    assert "Times are those of Pacific/Auckland" in said
    for broken in ("yesterday", "2025-12-01T99:00"):
        assert "Write a date and time" in page_of(camille, world, **{"from": broken})
    assert "lies before the beginning" in page_of(
        camille, world, **{"from": "2025-12-02T00:00", "to": "2025-12-01T00:00"}
    )


def test_a_time_that_clocks_skip_or_show_twice_is_one_moment(camille: Client, world: World):
    FleetRules.objects.create(fleet=world.lyon, time_zone="Europe/Paris")
    skipped = make_action(world.van, finished_at=datetime(2026, 3, 29, 1, 30, tzinfo=UTC), **DONE)
    twice = make_action(world.van, finished_at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC), **DONE)
    again = make_action(world.van, finished_at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC), **DONE)
    # 02:30 does not exist on that day; it is 03:30, which is when this ended.
    assert listed(camille, world, **{"from": "2026-03-29T02:30", "to": "2026-03-29T03:31"}) == [skipped.public_id]
    # 02:30 is there twice; it means the first one.
    assert listed(camille, world, **{"from": "2026-10-25T02:30", "to": "2026-10-25T03:00"}) == [
        again.public_id,
        twice.public_id,
    ]


def test_today_begins_at_the_fleets_midnight(camille: Client, world: World):
    FleetRules.objects.create(fleet=world.lyon, time_zone="Pacific/Auckland")
    midnight = timezone.localtime(timezone.now(), FleetRules.objects.get().zone).replace(hour=0, minute=0, second=0)
    new = make_action(world.van, finished_at=midnight + timedelta(seconds=1), **DONE)
    make_action(world.van, finished_at=midnight - timedelta(seconds=1), **DONE)
    assert listed(camille, world, span="today") == [new.public_id]


def test_the_file_has_the_same_and_says_its_clocks(camille: Client, world: World):
    FleetRules.objects.create(fleet=world.lyon, time_zone="America/Lima")
    at = datetime(2026, 11, 21, 22, 30, tzinfo=UTC)
    done: dict[str, Any] = {**DONE, "approved_by": world.viktor, "approved_at": at, "finished_at": at}
    make_action(world.van, user=world.camille, origin="page", reason="Keys are lost", **done)
    make_action(world.van, **DONE)
    answer: Any = camille.get(f"/fleets/{world.lyon.public_id}/actions.csv?who=person-{world.camille.pk}")
    content = b"".join(answer.streaming_content).decode("utf-8-sig")
    (row,) = DictReader(StringIO(content))
    assert row["Asked for by"] == "camille"
    assert (row["Through"], row["Reason"], row["Approved by"]) == ("On a page", "Keys are lost", "viktor")
    assert row["Ended at (America/Lima)"] == "2026-11-21T17:30:00-05:00"


def test_the_form_offers_whoever_had_a_part_also_who_left(camille: Client, world: World, service: ApiClient):
    former = User.objects.create(username="former", first_name="Flo", last_name="Martin", is_active=False)
    make_action(world.van, user=former, **DONE)
    make_action(world.van, api_client=service)
    form = page_of(camille, world)
    assert f'<option value="person-{former.pk}">Flo Martin</option>' in form
    assert f'<option value="client-{service.pk}">Booking (service)</option>' in form
    # Renamed, and then erased: found all the same, under the name of today.
    User.objects.filter(pk=former.pk).update(username="erased-1", first_name="", last_name="")
    assert f'<option value="person-{former.pk}" selected>erased-1</option>' in page_of(
        camille, world, who=f"person-{former.pk}"
    )
    former.delete()
    assert len(listed(camille, world, who="gone")) == 1


def test_nobodys_name_is_told_who_has_no_part(camille: Client, world: World):
    stranger = User.objects.create(username="stranger-of-paris")
    make_action(world.rental, user=stranger, **DONE)
    make_action(world.van, **DONE)
    html = page_of(camille, world, who=f"person-{stranger.pk}")
    assert "stranger-of-paris" not in html
    assert "No action matches all of this" in html


def test_who_sees_some_vehicles_is_offered_who_had_a_part_in_those(viktor: Client, world: World):
    make_vehicles(world.lyon, 1)
    car = world.lyon.vehicles.exclude(pk=world.van.pk).get()
    hidden = User.objects.create(username="hidden-one")
    make_action(world.van, user=hidden, **DONE)
    mine = make_action(car, user=world.camille, origin="page", **DONE)
    member = world.viktor.memberships.get(fleet=world.lyon)
    member.narrowed = True
    member.save()
    MembershipVehicle.objects.create(membership=member, vehicle=car)
    html = page_of(viktor, world)
    assert "hidden-one" not in html
    assert listed(viktor, world) == [mine.public_id]
    assert listed(viktor, world, who=f"person-{hidden.pk}") == []
    assert "hidden-one" not in page_of(viktor, world, who=f"person-{hidden.pk}")


@pytest.mark.parametrize("asked", [{"who": "person-1 OR 1"}, {"who": "nobody"}, {"approver": "x"}, {"way": "magic"}])
def test_what_can_not_be_read_is_told_and_narrows_nothing(camille: Client, world: World, asked: dict[str, str]):
    done = make_action(world.van, **DONE)
    html = page_of(camille, world, **asked)
    assert "field-error" in html
    assert done.public_id in html


def test_each_filter_has_its_page_after_page(camille: Client, world: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(actions, "HORIZON", 3)
    monkeypatch.setattr("console.overview.views.PAGE_SIZE", 2)
    at = datetime(2026, 11, 1, 8, tzinfo=UTC)
    ours = [
        make_action(world.van, user=world.camille, finished_at=at - timedelta(hours=n), **DONE).public_id
        for n in range(5)
    ]
    for n in range(20):
        make_action(world.van, user=world.viktor, reason="Yard", finished_at=at + timedelta(hours=n), **DONE)

    def pages(**asked: str) -> Iterator[list[str]]:
        after = ""
        while True:
            html = page_of(camille, world, **asked, **({"after": after} if after else {}))
            yield re.findall(r'<tr id="action-([^"]*)"', html)
            found = re.search(r'rel="next"[^>]*after=([0-9-]+)', html)
            if not found:
                return
            after = found[1]

    # Along an index of their own, so that none of the others is looked at.
    assert list(pages(who=f"person-{world.camille.pk}")) == [ours[:2], ours[2:4], ours[4:]]
    # Beside it, and without one, a page looks back a bounded way and says so.
    assert [found for page in pages(who=f"person-{world.camille.pk}", reason="Yard") for found in page] == []
    assert sum(len(page) for page in pages(reason="Yard")) == 20
    assert "was looked at" in page_of(camille, world, reason="Nothing like that")


def test_how_many_statements_it_takes(camille: Client, world: World):
    make_action(world.van, user=world.camille, **DONE)
    with CaptureQueriesContext(connection) as few:
        page_of(camille, world)
    for _ in range(10):
        make_action(world.van, user=world.viktor, approved_by=world.camille, approved_at=timezone.now(), **DONE)
    with CaptureQueriesContext(connection) as many:
        page_of(camille, world)
    assert len(many) == len(few) <= 12
    with CaptureQueriesContext(connection) as news:
        camille.get(f"/fleets/{world.lyon.public_id}/actions/news?who=person-{world.camille.pk}")
    assert len(news) <= 6, "the news look nobody's name up"
