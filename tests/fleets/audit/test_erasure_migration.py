"""The migration to erasures, forward and back: what was sealed stays whole, what was erased is vouched for again."""

import pytest

from fleets.audit.entries import About, Kind, Origin, record
from fleets.audit.erasing import Erasure, Left, erase
from fleets.audit.sealing import seal
from fleets.audit.verifying import verify
from fleets.models import AuditEntry
from tests.migrating import migrate

BEFORE = [("fleets", "0015_audit_search")]


@pytest.mark.drawn("migrations", 1, of="tests")
def test_seals_and_erasures_hold_on_the_way_back_and_forth(at_the_end: None) -> None:
    for name in ("a1", "a2"):
        record(Kind.ASKED, About(name), origin=Origin.PAGE)
    erase(Erasure("a test", About("x")), AuditEntry.objects.filter(subject="a1"), lambda _: Left("", "", "", {}, None))
    whole = verify()
    assert whole.erased == 1
    old = migrate(BEFORE).get_model("fleets", "AuditEntry")
    assert list(old.objects.order_by("position").values_list("subject", flat=True)) == ["", "a2", "x"]
    migrate()
    assert verify() == whole
    record(Kind.ASKED, About("a3"), origin=Origin.PAGE)
    erase(Erasure("a test", About("x")), AuditEntry.objects.filter(subject="a3"), lambda _: Left("", "", "", {}, None))
    seal()
    assert (verify().head.position, verify().erased) == (5, 2)
