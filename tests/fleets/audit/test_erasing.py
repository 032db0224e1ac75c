"""What is personal can be taken out of a sealed entry: the chain stays whole, and nobody else can do it unseen."""

from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from fleets.audit import erasures
from fleets.audit.entries import About, Actor, Kind, Origin, record
from fleets.audit.erasing import SLICE, Erasure, Left, erase, left_as_it_is
from fleets.audit.sealing import seal
from fleets.models import AuditEntry, AuditHead
from tests.fleets.tampering import broken, run, tamper, verify

pytestmark = pytest.mark.django_db

CANARY = "Camille Canary"
ERASURE = Erasure("a person's data", About("erased-person-1"), reason="she asked for it")


def write(number: int) -> None:
    about = About(f"a{number}", fleet_id=1, vehicle_id=2)
    record(Kind.ASKED, about, actor=Actor(CANARY), origin=Origin.PAGE, document={"n": number}, body=CANARY.encode())


def without_her(entry: AuditEntry) -> Left:
    return replace(left_as_it_is(entry), who="erased-person-1", body=None)


def erase_her(*positions: int) -> int:
    return erase(ERASURE, AuditEntry.objects.filter(position__in=positions), without_her)


@pytest.fixture
def heads() -> list[str]:
    """Six sealed entries."""
    found = []
    for number in range(1, 7):
        write(number)
        seal()
        found.append(str(AuditHead.objects.get()))
    return found


def test_what_was_erased_is_gone_and_the_chain_goes_on_through_every_head(heads: list[str]) -> None:
    assert erase_her(2, 4) == 2
    assert "7 entries" in verify()
    assert "Of these 2 were erased in part" in verify()
    for head in heads:
        assert verify("--head", head) == verify()
    erased = AuditEntry.objects.get(position=2)
    assert (erased.who, erased.body, erased.document) == ("erased-person-1", None, {"n": 2})
    assert set(AuditEntry.objects.filter(who=CANARY).values_list("position", flat=True)) == {1, 3, 5, 6}
    by = AuditEntry.objects.get(kind=Kind.ERASED)
    assert (by.position, by.subject, by.reason) == (7, "erased-person-1", "she asked for it")
    assert CANARY not in str(by.document)
    shown = StringIO()
    call_command("audit", "show", "--action", "a2", stdout=shown)
    assert "sealed at 2, erased in part at 20" in shown.getvalue()
    write(8)
    seal()
    assert "8 entries" in verify()


def test_what_is_not_sealed_yet_is_sealed_and_then_erased() -> None:
    write(1)
    assert erase(ERASURE, AuditEntry.objects.all(), without_her) == 1
    assert "2 entries" in verify()
    assert "Not sealed" not in verify()


def test_where_nothing_is_to_be_taken_nothing_is_written(heads: list[str]) -> None:
    assert erase(ERASURE, AuditEntry.objects.all(), left_as_it_is) == 0
    assert str(AuditHead.objects.get()) == heads[-1]
    assert not AuditEntry.objects.filter(erased_at__isnull=False).exists()


def test_an_entry_is_erased_again_and_an_erasure_never(heads: list[str]) -> None:
    erase_her(2)
    assert erase(ERASURE, AuditEntry.objects.all(), lambda entry: replace(left_as_it_is(entry), subject="gone")) == 6
    assert set(AuditEntry.objects.exclude(kind=Kind.ERASED).values_list("subject", flat=True)) == {"gone"}
    assert "Of these 6 were erased" in verify()


def test_many_are_erased_by_several_that_list_them() -> None:
    for number in range(SLICE + 1):
        write(number)
    assert erase(ERASURE, AuditEntry.objects.all(), without_her) == SLICE + 1
    lists = AuditEntry.objects.filter(kind=Kind.ERASED).order_by("position")
    assert [len(one.document[erasures.ENTRIES]) for one in lists] == [SLICE, 1]
    verify()


CHANGES = [
    "who = 'Viktor'",
    "document = '{}'",
    "at = at + interval '1 second'",
    "user_id = 7",
    "erased_at = NULL",
    "erased_at = erased_at + interval '1 second'",
    "seal = sha256('forged')",
    "body = 'Camille Canary'",
]


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_remainder_is_found(heads: list[str], change: str) -> None:
    erase_her(2)
    tamper(f"UPDATE fleets_auditentry SET {change} WHERE position = 2")
    assert "The entry at 2 was erased, and is not what the erasure at 7 left of it" in broken()


def test_an_erasure_that_was_undone_is_found(heads: list[str]) -> None:
    erase_her(2)
    tamper(
        "UPDATE fleets_auditentry SET who = 'Camille Canary', body = 'Camille Canary', erased_at = NULL "
        "WHERE position = 2"
    )
    assert "The entry at 2 was erased" in broken()


def test_erased_entries_that_were_swapped_are_found(heads: list[str]) -> None:
    erase_her(2, 3)
    tamper(
        "UPDATE fleets_auditentry SET position = -3 WHERE position = 2",
        "UPDATE fleets_auditentry SET position = 2 WHERE position = 3",
        "UPDATE fleets_auditentry SET position = 3 WHERE position = -3",
    )
    assert "The entry at 2 was erased" in broken()


def test_an_erasure_that_nothing_vouches_for_is_found(heads: list[str]) -> None:
    tamper("UPDATE fleets_auditentry SET who = 'nobody', erased_at = now() WHERE position = 2")
    assert "The entry at 2 does not match its seal" in broken()


def _faked(position: int) -> dict[str, Any]:
    entry = AuditEntry.objects.get(position=position)
    return {"what": ERASURE.what, "whom": "x", erasures.ENTRIES: erasures.listed([entry])}


@pytest.mark.parametrize("has_key", [True, False])
def test_an_erasure_that_somebody_else_wrote_is_found_though_it_is_sealed(heads: list[str], has_key: bool) -> None:
    if has_key:
        erase_her(5)
    tamper("UPDATE fleets_auditentry SET who = 'nobody', erased_at = now() WHERE position = 2")
    record(Kind.ERASED, About("x"), document=erasures.proven(_faked(2), b"a key of their own"))
    seal()
    said = broken()
    assert ("is not FleetRemote's" in said) if has_key else ("the key that proves it is missing" in said)


def test_a_proof_is_worth_nothing_for_another_list(heads: list[str]) -> None:
    erase_her(5)
    proof = AuditEntry.objects.get(kind=Kind.ERASED).document[erasures.PROOF]
    tamper("UPDATE fleets_auditentry SET who = 'nobody', erased_at = now() WHERE position = 2")
    record(Kind.ERASED, About("x"), document={**_faked(2), erasures.PROOF: proof})
    seal()
    assert "is not FleetRemote's" in broken()


def test_an_erasure_that_was_copied_is_found_though_what_it_lists_is_as_it_says(heads: list[str]) -> None:
    """What was erased twice could be put back by the former one otherwise."""
    erase_her(2)
    record(Kind.ERASED, About("x"), document=AuditEntry.objects.get(kind=Kind.ERASED).document)
    seal()
    assert "The erasure at 8 is a copy of the one at 7" in broken()


def test_an_erasure_that_was_changed_or_removed_is_found(heads: list[str]) -> None:
    erase_her(2)
    with transaction.atomic():
        tamper("UPDATE fleets_auditentry SET reason = 'another' WHERE kind = 'erased'")
        assert "The entry at 7 does not match its seal" in broken()
        transaction.set_rollback(True)
    tamper("DELETE FROM fleets_auditentry WHERE kind = 'erased'")
    assert "The entry at 2 does not match its seal" in broken()


ERASES = "SET LOCAL fleetremote.erases = 'yes'"


def test_the_database_lets_nobody_erase_in_passing(heads: list[str]) -> None:
    erase_her(3)
    forbidden = [
        ["UPDATE fleets_auditentry SET who = '', erased_at = now() WHERE position = 2"],
        [ERASES, "UPDATE fleets_auditentry SET who = '' WHERE position = 2"],
        [ERASES, "UPDATE fleets_auditentry SET user_id = 9, erased_at = now() WHERE position = 2"],
        [ERASES, "UPDATE fleets_auditentry SET at = now(), erased_at = now() WHERE position = 2"],
        [ERASES, "UPDATE fleets_auditentry SET seal = sha256('x'), erased_at = now() WHERE position = 2"],
        [ERASES, "UPDATE fleets_auditentry SET who = '', erased_at = '2000-01-01' WHERE position = 3"],
        [ERASES, "UPDATE fleets_auditentry SET who = '', erased_at = now() WHERE kind = 'erased'"],
        [ERASES, "DELETE FROM fleets_auditentry WHERE position = 2"],
        # Let through, and refused at the commit: nothing vouches for it.
        [ERASES, "UPDATE fleets_auditentry SET who = '', erased_at = now() WHERE position = 2"],
    ]
    for statements in forbidden:
        with pytest.raises(IntegrityError, match="only added to"), transaction.atomic():
            run(*statements, "SET CONSTRAINTS ALL IMMEDIATE")
    run("SET CONSTRAINTS ALL DEFERRED")
    assert "Of these 1 were erased" in verify()


def test_the_key_of_proofs_is_not_readable_in_the_database(heads: list[str]) -> None:
    erase_her(2)
    with connection.cursor() as cursor:
        cursor.execute("SELECT erasure_key FROM fleets_audithead")
        ((kept,),) = cursor.fetchall()
    assert kept.startswith("gAAAA")
    assert erasures.key().hex() not in kept


def test_erasures_stay_proven_under_a_new_key(heads: list[str], settings: Any) -> None:
    erase_her(2)
    former, new = settings.FIELD_KEYS[0], Fernet.generate_key().decode()
    settings.FIELD_KEYS = [new, former]
    call_command("rotate_keys", stdout=StringIO())
    settings.FIELD_KEYS = [new]
    assert "Of these 1 were erased" in verify()
