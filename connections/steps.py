"""Notes what the steps of a connection come to, as they are made."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from connections.models import Connection, ConnectionStep
from fleets.storage import clock
from protocol.why import Why

# Whoever is at a connection says so at least that often: with each step, each fleet, and each page of a list.
LEASE = timedelta(seconds=150)


@dataclass(frozen=True)
class Notes:
    """The notes of one connection; `tell` is told of each step that is over."""

    connection: Connection
    tell: Callable[[ConnectionStep], None] = lambda step: None

    def begin(self, name: str, why: Why | None = None, **document: Any) -> None:
        """The step is under way; `why` says how far it is. What the document holds stays."""
        self._write(name, None, why, is_over=False, **({"document": document} if document else {}))

    def end(self, name: str, ok: bool | None, why: Why | None, **document: Any) -> None:
        """The step is over: `ok` None is a remark, which keeps nobody from going on."""
        self.tell(self._write(name, ok, why, is_over=True, document=document))

    def forget(self, name: str) -> None:
        """The step is made once more."""
        self.connection.steps.filter(name=name).delete()

    def find(self, name: str) -> ConnectionStep | None:
        return self.connection.steps.filter(name=name).first()

    def over(self) -> dict[str, ConnectionStep]:
        """The steps that are over, by name."""
        return {step.name: step for step in self.connection.steps.filter(is_over=True)}

    def _write(self, name: str, ok: bool | None, why: Why | None, **values: Any) -> ConnectionStep:
        now = clock.now()
        step, _ = ConnectionStep.objects.update_or_create(
            connection=self.connection, name=name, defaults={"ok": ok, "why": why, "at": now, **values}
        )
        Connection.objects.filter(pk=self.connection.pk, leased_until__isnull=False).update(leased_until=now + LEASE)
        return step
