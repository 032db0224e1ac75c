"""One world for the whole walk; each request is undone."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from fleets.storage.redis import client as redis_client

from .callers import Caller, callers_of
from .table import LET_IN, LOGIN
from .world import populated


@dataclass
class Rights:
    """Lyon's ids, those of Paris, and who asks for them."""

    lyon: dict[str, Any]
    paris: dict[str, Any]
    callers: dict[str, Caller]

    def ask(self, caller: str, method: str, url: str) -> str | int:
        """How it is answered; nothing is undone, so that what should change nothing shows it."""
        return _told(self.callers[caller].ask(method, url))

    def try_out(self, caller: str, method: str, url: str) -> str | int:
        """The same, and all that came of it is undone."""
        with transaction.atomic():
            told = self.ask(caller, method, url)
            transaction.set_rollback(True)
        return told


def _told(answer: Any) -> str | int:
    if answer.status_code == 302 and answer["Location"].startswith(("/login?", "/admin/login/?")):
        return LOGIN
    refused = answer.status_code in (401, 403, 404, 405, 429) or answer.status_code >= 500
    return answer.status_code if refused else LET_IN


def rows_written(*but: str) -> int:
    """Rows that were added, changed or removed in this transaction, also where that was undone; `but`: not these tables'."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables WHERE relname <> ALL(%s)",
            [list(but)],
        )
        return int(cursor.fetchone()[0])


@pytest.fixture(scope="module")
def rights(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Rights]:
    redis_client().flushdb()
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock(), transaction.atomic():
        # No worker runs here, and it is asked by whom, not what.
        patch.setattr("fleetremote.health.reasons", list)
        (lyon, of_lyon), (paris, of_paris) = populated("Lyon"), populated("Paris")
        yield Rights(of_lyon, of_paris, callers_of(lyon, paris))
        transaction.set_rollback(True)
