"""The audit takes entries only, seals them into a chain, and finds whatever was done to it afterwards."""

import logging
from collections.abc import Callable
from threading import Event, Thread

import pytest
from django.core.management import CommandError, execute_from_command_line
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from fleets.audit import entries as audit
from fleets.audit.entries import About, Actor, Kind, Origin, record
from fleets.audit.sealing import SLICE, seal
from fleets.models import AuditEntry, AuditHead
from fleets.tasks import seal_audit
from tests.fleets.tampering import broken, tamper, verify
from tests.waiting import wait_until
from tests.workers import HoldUp, Worker
from tests.world import make_person

pytestmark = pytest.mark.django_db

CAMILLE = Actor("Camille")


def write(number: int) -> None:
    record(
        Kind.ASKED,
        About(f"a{number}", fleet_id=1, vehicle_id=2),
        actor=CAMILLE,
        origin=Origin.PAGE,
        reason=f"reason {number}",
        document={"payload": {"state": "Unlocked"}},
        body=b"body %d" % number,
    )


@pytest.fixture
def chain(db: None) -> list[str]:
    """Nine sealed entries; gives their heads, as they are logged."""
    heads = []
    for number in range(1, 10):
        write(number)
        assert seal() == 1
        heads.append(str(AuditHead.objects.get()))
    return heads


def test_a_whole_chain_is_said_to_be_whole(chain: list[str]) -> None:
    assert verify() == f"The audit is whole: 9 entries. Its head is {chain[-1]}\n"
    assert verify("--head", chain[3]) == verify()
    write(10)
    assert "Not sealed yet: 1 entries, the oldest of 20" in verify()


def test_an_empty_audit_is_whole() -> None:
    assert "0 entries" in verify()
    assert "from 1 to 3 are missing" in broken("--head", f"3:{'ab' * 32}")


CHANGES = [
    "reason = 'another'",
    "who = 'Viktor'",
    "at = at + interval '1 microsecond'",
    "vehicle_id = 3",
    "user_id = 7",
    """document = '{"payload": {"state": "Locked"}}'""",
    "body = 'other'",
    "body = NULL",
    "sealed_at = sealed_at + interval '1 second'",
    "seal = sha256('forged')",
    "origin = 'api'",
    "kind = 'sent'",
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_entry_is_found(chain: list[str], change: str) -> None:
    tamper(f"UPDATE fleets_auditentry SET {change} WHERE position = 4")
    assert "The entry at 4 does not match its seal: it was changed" in broken()


@pytest.mark.parametrize("position", [1, 5])
def test_a_removed_entry_is_found(chain: list[str], position: int) -> None:
    tamper(f"DELETE FROM fleets_auditentry WHERE position = {position}")
    assert f"The entry at {position} is missing" in broken()


def test_a_gap_that_was_closed_is_found(chain: list[str]) -> None:
    tamper(
        "DELETE FROM fleets_auditentry WHERE position = 5",
        "UPDATE fleets_auditentry SET position = -position WHERE position > 5",
        "UPDATE fleets_auditentry SET position = -position - 1 WHERE position < 0",
    )
    said = broken()
    assert "The entry at 5 does not match its seal" in said
    assert "removed and the rest numbered anew" in said


SWAPS = {
    "places": [
        "UPDATE fleets_auditentry SET position = -7 WHERE position = 3",
        "UPDATE fleets_auditentry SET position = 3 WHERE position = 7",
        "UPDATE fleets_auditentry SET position = 7 WHERE position = -7",
    ],
    "contents": [
        """UPDATE fleets_auditentry entry SET
            (at, subject, reason, body) = (other.at, other.subject, other.reason, other.body)
        FROM fleets_auditentry other WHERE (entry.position, other.position) IN ((3, 7), (7, 3))""",
    ],
}


@pytest.mark.parametrize("what", SWAPS)
def test_a_swapped_pair_is_found(chain: list[str], what: str) -> None:
    tamper(*SWAPS[what])
    assert "The entries at 3 and 7 were swapped" in broken()


def test_a_cut_end_is_found_by_the_stored_head_also_when_the_chain_goes_on(chain: list[str]) -> None:
    tamper("DELETE FROM fleets_auditentry WHERE position > 6")
    assert "The entries from 7 to 9 are missing: the end was removed" in broken()
    write(10)
    seal()
    assert "The entries from 7 to 9 are missing" in broken()


def test_a_cut_end_whose_stored_head_was_forged_is_found_by_a_head_from_the_log(chain: list[str]) -> None:
    tamper(
        "DELETE FROM fleets_auditentry WHERE position > 6",
        "UPDATE fleets_audithead SET (position, seal) = (SELECT position, seal FROM fleets_auditentry "
        "ORDER BY position DESC LIMIT 1)",
    )
    assert "6 entries" in verify()
    assert "The entries from 7 to 9 are missing" in broken("--head", chain[8])


def test_a_chain_that_was_written_anew_is_found_by_a_head_from_the_log(chain: list[str]) -> None:
    tamper(
        "UPDATE fleets_auditentry SET reason = 'another' WHERE position = 2",
        "UPDATE fleets_auditentry SET position = NULL, seal = NULL, sealed_at = NULL",
        "DELETE FROM fleets_audithead",
    )
    seal()
    assert "9 entries" in verify()
    assert "The chain up to 4 was written anew" in broken("--head", chain[3])


def test_a_head_that_is_none_is_refused() -> None:
    for head in ("12", "x:ab", "0:" + "00" * 32, "3:abcd"):
        with pytest.raises(CommandError):
            verify("--head", head)


def test_only_an_entry_without_a_seal_takes_one_and_nothing_else_changes_it(chain: list[str]) -> None:
    write(10)
    forbidden = [
        "UPDATE fleets_auditentry SET reason = 'another' WHERE position = 4",
        "UPDATE fleets_auditentry SET seal = sha256('x') WHERE position = 4",
        "UPDATE fleets_auditentry SET position = NULL, seal = NULL, sealed_at = NULL WHERE position = 4",
        "UPDATE fleets_auditentry SET reason = 'another' WHERE seal IS NULL",
        "UPDATE fleets_auditentry SET position = 10, seal = sha256('x'), sealed_at = now(), who = '' "
        "WHERE seal IS NULL",
        "DELETE FROM fleets_auditentry WHERE position = 4",
        "DELETE FROM fleets_auditentry WHERE seal IS NULL",
        "INSERT INTO fleets_auditentry (at, kind, subject, who, origin, reason, document, position, seal, sealed_at) "
        "VALUES (now(), 'sent', '', '', 'page', '', '{}', 10, sha256('x'), now())",
    ]
    for statement in forbidden:
        with pytest.raises(IntegrityError, match="only added to"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert seal() == 1
    assert "10 entries" in verify()


def test_who_asked_stays_known_after_a_person_is_deleted() -> None:
    camille = make_person("camille", first_name="Camille", last_name="Roux")
    record(Kind.ASKED, About("a1"), actor=audit.person(camille), origin=Origin.PAGE)
    seal()
    pk = camille.pk
    camille.delete()
    entry = AuditEntry.objects.get()
    assert (entry.who, entry.user_id) == ("Camille Roux (camille)", pk)
    verify()


def test_an_entry_is_one_insert_without_secrets_and_cut_with_a_note() -> None:
    body = b'{"password": "horse"}' + b" " * audit.MAX_BODY
    with CaptureQueriesContext(connection) as queries:
        record(
            Kind.SENT,
            About("a1"),
            document={"headers": [["Authorization", "Basic x"]], "said": "half \ud800 and \x00", "n": float("inf")},
            body=body,
        )
    assert [query["sql"].split()[0] for query in queries] == ["INSERT"]
    entry = AuditEntry.objects.get()
    assert entry.document == {
        "headers": [["Authorization", "***"]],
        "said": "half ? and \N{REPLACEMENT CHARACTER}",
        "n": "inf",
        "body": {"length": len(body) - 2, "kept": audit.MAX_BODY},
    }
    assert entry.body is not None
    assert bytes(entry.body).startswith(b'{"password": "***"}')
    assert len(entry.body) == audit.MAX_BODY


def test_the_admin_shows_entries_and_changes_none(chain: list[str], admin_client: Client) -> None:
    entry = AuditEntry.objects.get(position=4)
    listed = admin_client.get("/admin/fleets/auditentry/?q=a4").content.decode()
    assert "Camille" in listed
    assert "reason 3" not in listed
    page = admin_client.get(f"/admin/fleets/auditentry/{entry.pk}/change/").content.decode()
    assert "body 4" in page
    assert chain[3].partition(":")[2] in page
    for address in ("add/", f"{entry.pk}/delete/"):
        assert admin_client.get(f"/admin/fleets/auditentry/{address}").status_code == 403
    assert admin_client.post(f"/admin/fleets/auditentry/{entry.pk}/change/", {"reason": "x"}).status_code == 403


def test_the_sealer_goes_in_slices_and_logs_each_head(caplog: pytest.LogCaptureFixture) -> None:
    for number in range(SLICE + 3):
        write(number)
    with caplog.at_level(logging.INFO, logger="fleetremote.audit"):
        seal_audit()
        seal_audit()
    heads = [message.rpartition(" ")[2] for message in caplog.messages]
    assert [head.partition(":")[0] for head in heads] == [str(SLICE), str(SLICE + 3)]
    for head in heads:
        assert f"{SLICE + 3} entries" in verify("--head", head)


@pytest.mark.django_db(transaction=True)
def test_entries_that_commit_out_of_order_are_all_sealed_once() -> None:
    written, may_commit = Event(), Event()

    def slow() -> None:
        with transaction.atomic():
            write(1)
            written.set()
            may_commit.wait(10)
        connection.close()

    thread = Thread(target=slow)
    thread.start()
    assert written.wait(10)
    write(2)
    assert seal() == 1
    may_commit.set()
    thread.join()
    assert seal() == 1
    assert seal() == 0
    chained = AuditEntry.objects.order_by("position").values_list("subject", "position")
    assert list(chained) == [("a2", 1), ("a1", 2)]
    assert AuditEntry.objects.order_by("pk").values_list("subject", flat=True)[0] == "a1"
    assert "2 entries" in verify()


@pytest.mark.django_db(transaction=True)
def test_many_writers_and_sealers_at_once_make_one_chain() -> None:
    writers, each = 4, 40
    busy = Event()

    def write_all(first: int) -> Callable[[], None]:
        def work() -> None:
            for number in range(first, first + each, 2):
                with transaction.atomic():
                    write(number)
                    write(number + 1)
            connection.close()

        return work

    def keep_sealing() -> None:
        while not busy.is_set():
            seal()
        connection.close()

    writing = [Thread(target=write_all(writer * each)) for writer in range(writers)]
    sealing = [Thread(target=keep_sealing) for _ in range(2)]
    for thread in [*writing, *sealing]:
        thread.start()
    for thread in writing:
        thread.join()
    wait_until(lambda: not AuditEntry.objects.filter(seal__isnull=True).exists(), "sealing all")
    busy.set()
    for thread in sealing:
        thread.join()
    assert f"{writers * each} entries" in verify()
    assert AuditEntry.objects.values("subject").distinct().count() == writers * each


@pytest.mark.django_db(transaction=True)
def test_a_second_sealer_leaves_all_to_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    write(1)
    hold_up = HoldUp(monkeypatch, "fleets.audit.sealing.seal_of")
    first = Worker(seal)
    hold_up.until_reached()
    second = Worker(seal).until_it_waits()
    hold_up.let_go()
    assert [first.result(), second.result()] == [1, 0]


@pytest.mark.django_db(transaction=True)
def test_the_command_ends_with_1_and_says_where(capsys: pytest.CaptureFixture[str]) -> None:
    for number in range(3):
        write(number)
    seal()
    execute_from_command_line(["manage.py", "audit", "verify"])
    assert "The audit is whole: 3 entries." in capsys.readouterr().out
    tamper("UPDATE fleets_auditentry SET reason = 'another' WHERE position = 2")
    with pytest.raises(SystemExit) as ended:
        execute_from_command_line(["manage.py", "audit", "verify"])
    assert ended.value.code == 1
    assert "The audit is broken. The entry at 2 does not match its seal" in capsys.readouterr().err
