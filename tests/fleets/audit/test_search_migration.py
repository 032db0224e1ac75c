"""The migration to the audit's search, forward and back, on entries that were there before: every seal holds."""

import pytest
from django.core.management import call_command
from django.db import IntegrityError, transaction

from fleets.audit.entries import About, Kind, Origin, record
from fleets.audit.sealing import seal
from fleets.audit.verifying import verify
from fleets.models import AuditEntry
from tests.migrating import migrate
from tests.world import make_fleet, make_person

BEFORE = [("fleets", "0014_api_tokens")]


@pytest.mark.drawn("migrations", 1, of="tests")
def test_entries_of_new_kinds_stay_on_the_way_back_and_all_seals_hold(at_the_end: None) -> None:
    record(Kind.ASKED, About("a1"), origin=Origin.PAGE, document={"remoteType": "Horn"})
    record(Kind.CHANGED, About("c1"), origin=Origin.ADMIN)
    assert seal() == 2
    fleet = make_fleet()
    auditor = make_person("auditor", fleet, role="auditor").memberships.get()
    whole = verify()
    then = migrate(BEFORE)
    old = then.get_model("fleets", "AuditEntry")
    assert list(old.objects.order_by("pk").values_list("kind", "origin")) == [("asked", "page"), ("changed", "admin")]
    assert then.get_model("fleets", "Membership").objects.get(pk=auditor.pk).role == "viewer"
    for of_today in ({"kind": "changed", "origin": "page"}, {"kind": "asked", "origin": "admin"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            old.objects.create(subject="x", who="x", reason="", **of_today)
    old.objects.create(subject="a2", who="x", reason="", kind="asked", origin="page")
    migrate()
    assert verify().head == whole.head
    record(Kind.LOOKED, About("v1"), origin=Origin.COMMAND)
    seal()
    assert verify().head.position == 4
    call_command("audit", "verify")
    with pytest.raises(IntegrityError), transaction.atomic():
        AuditEntry.objects.create(subject="x", who="x", reason="", kind="other", origin="page")
