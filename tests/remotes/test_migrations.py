"""Migrations of remote actions, forward and back, on rows that were there before."""

from datetime import time
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from fleets.models import Fleet, UpstreamFleet, Vehicle
from gateways import codes as cloud
from protocol.why import Why
from remotes.models import Alert, AlertChoice, AlertLine, RemoteAction
from remotes.words import codes
from tests.migrating import migrate
from tests.world import make_fleet, make_person

# Each goes through all migrations since, and most of its time is the same work.
pytestmark = pytest.mark.drawn("migrations", 1, of="tests")

BEFORE, AFTER = [("remotes", "0009_history_filters")], [("remotes", "0010_filter_of_schedules")]

# The query string of a view, the filter that it becomes, and the query string that it is again, sorted.
VIEWS: list[tuple[str, dict[str, Any], str]] = [
    ("", {"version": 1}, ""),
    ("q=e-Expert+%26+co", {"version": 1, "q": "e-Expert & co"}, "q=e-Expert+%26+co"),
    (
        "energy=Electric&below=20&sort=-heard&col=model",
        {"version": 1, "energy": "Electric", "below": 20},
        "below=20&energy=Electric",
    ),
    ("colour=red", {"version": 0, "query": "colour=red"}, "colour=red"),
    ("below=x", {"version": 0, "query": "below=x"}, "below=x"),
]


def test_views_of_schedules_become_filters_and_views_again(at_the_end: None) -> None:
    old = migrate(BEFORE)
    fleet = old.get_model("fleets", "Fleet").objects.create(name="Lyon")
    Schedule = old.get_model("remotes", "Schedule")
    common = {"fleet": fleet, "remote_type": "Horn", "payload": {}, "rhythm": "weekly", "days": [0], "state": "paused"}
    for view, _, _ in VIEWS:
        Schedule.objects.create(name=view[:60], local_time=time(7), view=view, **common)

    new = migrate(AFTER).get_model("remotes", "Schedule")
    assert [row.filter for row in new.objects.order_by("pk")] == [wanted for _, wanted, _ in VIEWS]

    old = migrate(BEFORE).get_model("remotes", "Schedule")
    assert [row.view for row in old.objects.order_by("pk")] == [view for _, _, view in VIEWS]


# Sentences as they were stored, and the codes that they become.
SENTENCES: list[tuple[str, Why]] = [
    (
        "Not sent: its 60 seconds had passed. The manufacturer's cloud is down. It does not answer. This is sent once "
        "it works again.",
        Why(
            codes.EXPIRED_BECAUSE,
            life=Why(codes.SECONDS, number="60"),
            why=Why(codes.DOWN_BECAUSE, why=Why(codes.IS_SILENT)),
        ),
    ),
    ("Not sent: its 10 minutes had passed.", Why(codes.EXPIRED, life=Why(codes.MINUTES, number="10"))),
    (
        "The manufacturer's cloud takes 1,200 requests a second; 3 others wait too.",
        Why(codes.PACE, number=1200, others=Why(codes.OTHERS_WAIT, number="3")),
    ),
    ("The manufacturer's cloud refused it: No such vehicle.", Why(codes.REFUSED, why="No such vehicle.")),
    (
        "Cancelled by Camille (c.martin). Sending was stopped.",
        Why(codes.CANCELLED_BECAUSE, who="Camille (c.martin)", why=Why(codes.AT_STOP)),
    ),
    ("Cancelled by camille.", Why(codes.CANCELLED, who="camille")),
    (
        "Not sent: the service that asked for it may no longer send this: Lock or unlock.",
        Why(codes.NOT_CLIENTS_TYPE, title=Why("type-Locking")),
    ),
    (
        "No callback at the manufacturer's cloud: The manufacturer's cloud can't be reached.",
        Why(codes.NO_CALLBACK, why=Why(cloud.UNREACHABLE)),
    ),
    ("The manufacturer's cloud answered HTTP 502.", Why(cloud.ANSWERED, status="502")),
    (
        "Van 1 can't do this: charging.immediate: true is not supported; charging can't be started at once.",
        Why(codes.UNABLE, vehicle="Van 1", what=Why("no-start-at-once", path="charging.immediate: true")),
    ),
    ("A sentence of long ago. 100 % of it.", Why("as-written", text="A sentence of long ago. 100 % of it.")),
]

BEFORE_CODES, AFTER_CODES = (
    [("fleets", "0006_database_history"), ("remotes", "0010_filter_of_schedules")],
    [("remotes", "0013_drop_sentences")],
)


class History:
    """A fleet as it was before there were codes."""

    def __init__(self, old: Any) -> None:
        self.old = old
        self.fleet = old.get_model("fleets", "Fleet").objects.create(name="Lyon")
        self.gateway = old.get_model("fleets", "Gateway").objects.create(name="Cloud", base_url="https://c.example.com")
        self.vehicle = old.get_model("fleets", "Vehicle").objects.create(
            fleet=self.fleet, gateway=self.gateway, vin="VF3ABCDE0FG123456", label="Van 1", upstream_id="v1"
        )

    def action(self, detail: str, **values: Any) -> Any:
        now = timezone.now()
        given = {"state": "done", "status": "Failed", "failure_cause": "GeneralError", "finished_at": now, **values}
        return self.old.get_model("remotes", "RemoteAction").objects.create(
            fleet=self.fleet,
            vehicle=self.vehicle,
            gateway=self.gateway,
            remote_type="Locking",
            payload={"state": "Locked"},
            expires_at=now,
            detail=detail,
            **given,
        )

    def event(self, action: Any, extra: dict[str, Any]) -> Any:
        now = timezone.now()
        return self.old.get_model("remotes", "RemoteEvent").objects.create(
            action=action,
            gateway=self.gateway,
            source="fleetremote",
            upstream_action_id=f"fleetremote-{action.pk}",
            type="Done",
            status="Failed",
            failure_cause="GeneralError",
            extra=extra,
            received_at=now,
            stage=2,
            effective_at=now,
            rank=0,
        )


def test_stored_sentences_become_codes_and_sentences_again(at_the_end: None) -> None:
    history = History(migrate(BEFORE_CODES))
    for sentence, _ in SENTENCES:
        history.event(history.action(sentence), {"detail": sentence, "more": 1})
    history.action("", status="Success", failure_cause=None)
    bulk = history.old.get_model("remotes", "BulkCommand").objects.create(
        fleet=history.fleet, remote_type="Horn", payload={}, checked_at=timezone.now(), pace=1
    )
    item = {"bulk": bulk, "vehicle": history.vehicle, "verdict": "skip", "state": "skipped"}
    history.old.get_model("remotes", "BulkItem").objects.create(place=1, why="Van 1 has left the fleet.", **item)
    health = history.old.get_model("remotes", "GatewayHealth")
    health.objects.create(gateway=history.gateway, state="down", reason="It does not answer.")

    new = migrate(AFTER_CODES)
    whys = [why for _, why in SENTENCES]
    assert list(new.get_model("remotes", "RemoteAction").objects.order_by("pk").values_list("why", flat=True)) == [
        *whys,
        None,
    ]
    events = new.get_model("remotes", "RemoteEvent").objects.order_by("pk")
    assert list(events.values_list("why", "extra")) == [(why, {"more": 1}) for why in whys]
    assert [str(why) for why in whys] == [sentence for sentence, _ in SENTENCES]
    assert new.get_model("remotes", "BulkItem").objects.get().why == Why(codes.HAS_LEFT, vehicle="Van 1")
    assert new.get_model("remotes", "GatewayHealth").objects.get().why == Why(codes.IS_SILENT)

    old = migrate(BEFORE_CODES)
    sentences = [sentence for sentence, _ in SENTENCES]
    assert list(old.get_model("remotes", "RemoteAction").objects.order_by("pk").values_list("detail", flat=True)) == [
        *sentences,
        "",
    ]
    told = old.get_model("remotes", "RemoteEvent").objects.order_by("pk").values_list("extra", flat=True)
    assert list(told) == [{"detail": sentence, "more": 1} for sentence in sentences]
    assert old.get_model("remotes", "BulkItem").objects.get().why == "Van 1 has left the fleet."
    assert old.get_model("remotes", "GatewayHealth").objects.get().reason == "It does not answer."


# A stored sentence, and what its explanation says of it in English and in French.
EXPLAINED = [
    (
        SENTENCES[0][0],
        ("It was not sent in time: the manufacturer's cloud was down.", "Not sent: its 60 seconds had passed."),
        ("Elle n’a pas été envoyée à temps : le cloud du constructeur était en panne.", "60 secondes"),
    ),
    (
        SENTENCES[3][0],
        ("The manufacturer's cloud refused the command.", "No such vehicle."),
        ("Le cloud du constructeur a refusé la commande.", "No such vehicle."),
    ),
    (
        SENTENCES[-1][0],
        ("The manufacturer's cloud gave no closer reason.", "A sentence of long ago."),
        ("Le cloud du constructeur n’a pas donné de raison plus précise.", "A sentence of long ago."),
    ),
]


def test_old_actions_still_explain_themselves_in_both_languages(at_the_end: None) -> None:
    history = History(migrate(BEFORE_CODES))
    actions = [history.action(sentence) for sentence, _, _ in EXPLAINED]
    migrate(AFTER_CODES)
    migrate()
    fleet, vehicle = Fleet.objects.get(), Vehicle.objects.get()
    client = Client()
    client.force_login(make_person("camille", fleet))
    for action, (sentence, english, french) in zip(actions, EXPLAINED, strict=True):
        assert RemoteAction.objects.get(pk=action.pk).detail == sentence
        url = f"/fleets/{fleet.public_id}/vehicles/{vehicle.public_id}/actions/{action.public_id}/explain"
        for language, expected in (("en", english), ("fr", french)):
            client.post("/language", {"language": language, "next": "/"})
            page = " ".join(client.get(url).content.decode().replace("&#x27;", "'").split())
            for words in expected:
                assert words in page


def test_whoever_chose_all_kinds_of_alerts_is_told_what_ends_too(at_the_end: Any) -> None:
    second_person = ["approval-wanted", "change-wanted", "sent-alone"]
    old_kinds = [kind for kind in Alert.Kind.values if kind not in ("credentials-end", *second_person)]
    person, fleet, now = make_person("camille"), make_fleet(), timezone.now()
    AlertChoice.objects.create(fleet=fleet, user=person, kinds=[*old_kinds, "credentials-end"])
    other = AlertChoice.objects.create(fleet=fleet, user=make_person("viktor"), kinds=["wake-ups", "credentials-end"])
    for kind in ("credentials-end", "wake-ups"):
        alert = Alert.objects.create(fleet=fleet, kind=kind, key="k", words="", first_at=now, last_at=now)
        AlertLine.objects.create(alert=alert, user=person, what="raised", words="", at=now)
    before = migrate([("remotes", "0019_callbacks_have_a_client")])
    rows = before.get_model("remotes", "AlertChoice").objects.order_by("pk")
    assert list(rows.values_list("kinds", flat=True)) == [old_kinds, ["wake-ups"]]
    assert list(before.get_model("remotes", "Alert").objects.values_list("kind", flat=True)) == ["wake-ups"]
    migrate()
    other.refresh_from_db()
    assert AlertChoice.objects.get(user=person).kinds == [*old_kinds, "credentials-end", *second_person]
    assert other.kinds == ["wake-ups"]


def test_whoever_chose_all_kinds_is_told_of_a_second_person_too(at_the_end: Any) -> None:
    chosen = ["dangerous-action", "unknown-outcome", "gateway-down", "gateway-refused", "callback-failed", "wake-ups"]
    chosen += ["credentials-end"]
    told = [*chosen, "approval-wanted", "change-wanted", "sent-alone"]
    fleet = make_fleet()
    everything, some = make_person("camille", fleet), make_person("viktor", fleet)
    AlertChoice.objects.create(fleet=fleet, user=everything, kinds=told)
    AlertChoice.objects.create(fleet=fleet, user=some, kinds=["wake-ups", "sent-alone"])
    now = timezone.now()
    alert = Alert.objects.create(fleet=fleet, kind="sent-alone", key="r1", words="-", first_at=now, last_at=now)
    AlertLine.objects.create(alert=alert, user=some, what="raised", words="-", at=now)

    old = migrate([("remotes", "0023_four_eyes")])
    rows = old.get_model("remotes", "AlertChoice").objects
    assert dict(rows.values_list("user__username", "kinds")) == {"camille": chosen, "viktor": ["wake-ups"]}
    assert not old.get_model("remotes", "Alert").objects.exists()
    migrate([("remotes", "0024_second_person_told")])
    kinds = dict(AlertChoice.objects.values_list("user__username", "kinds"))
    assert kinds == {"camille": told, "viktor": ["wake-ups"]}


SHARED = [("fleets", "0010_first_admin_link"), ("remotes", "0017_connection_origin")]
OWNED = [("fleets", "0011_secret_in_the_path"), ("remotes", "0019_callbacks_have_a_client")]


def test_each_webhook_gets_a_secret_of_its_own_and_its_callback_is_looked_at_anew(at_the_end: None) -> None:
    old = migrate(SHARED)
    fleets, places = old.get_model("fleets", "Fleet").objects, old.get_model("fleets", "UpstreamFleet").objects
    gateway = old.get_model("fleets", "Gateway").objects.create(name="cloud", base_url="https://example.com")
    now = timezone.now()
    for number, error in enumerate(("", "It said no.")):
        fleet = fleets.create(name=f"Fleet {number}")
        places.create(
            fleet=fleet, gateway=gateway, upstream_id=f"f{number}", callback_error=error, callback_checked_at=now
        )
    migrate(OWNED)
    rows = [*UpstreamFleet.objects.order_by("upstream_id")]
    assert len({row.path_secret for row in rows} | {row.webhook_secret for row in rows}) == 4
    assert all(len(row.path_secret) >= 40 for row in rows)
    assert [(row.callback_checked_at, str(row.callback_failure or "")) for row in rows] == [
        (None, ""),
        (None, "It said no."),
    ]
    assert (rows[0].callback_failed_at, rows[1].callback_failed_at) == (None, now)
    migrate(SHARED)


def test_callbacks_that_people_have_made_get_the_client_that_uses_them(at_the_end: None) -> None:
    old = migrate(SHARED)
    fleets, callbacks = old.get_model("fleets", "Fleet").objects, old.get_model("callbacks", "Callback").objects
    actions, known = old.get_model("remotes", "RemoteAction").objects, old.get_model("fleets", "ApiClient").objects
    gateway = old.get_model("fleets", "Gateway").objects.create(name="cloud", base_url="https://example.com")
    lyon, paris, nice = (fleets.create(name=name) for name in ("Lyon", "Paris", "Nice"))
    clients = [known.create(client_id=name, name=name, username=name) for name in ("a", "b")]
    lyon.api_clients.add(*clients)
    paris.api_clients.add(clients[1])
    vehicle = old.get_model("fleets", "Vehicle").objects.create(
        vin="VF3ABCDE0FG123456", fleet=lyon, gateway=gateway, upstream_id="v1"
    )

    def callback(name: str, fleet: Any, **values: Any) -> Any:
        return callbacks.create(name=name, fleet=fleet, target="https://x", subscribe={}, **values)

    used = callback("used", lyon)
    for client in clients:
        actions.create(
            fleet=lyon,
            vehicle=vehicle,
            gateway=gateway,
            callback=used,
            api_client=client,
            remote_type="Horn",
            payload={},
            expires_at=timezone.now(),
        )
    callback("anybody's", lyon)
    callback("the only one's", paris)
    callback("nobody's", nice)
    callback("alerts", paris, for_alerts=True)
    callback("a's", lyon, created_by=clients[0])
    new = migrate(OWNED).get_model("callbacks", "Callback")
    owners = dict(new.objects.values_list("name", "created_by__name"))
    assert owners == {
        "used": "b",
        "anybody's": None,
        "the only one's": "b",
        "nobody's": None,
        "alerts": None,
        "a's": "a",
    }
