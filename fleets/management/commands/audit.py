"""`audit verify` checks that the audit is as it was sealed; `audit show` prints what it says of one remote action."""

import json
from argparse import ArgumentTypeError
from collections.abc import Callable
from datetime import UTC, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fleets.audit.sealing import Head
from fleets.audit.verifying import Broken, Verified, verify
from fleets.models import AuditEntry
from fleets.storage import clock
from protocol.why import read_why

# Entries are sealed every few seconds; so old an unsealed one means that nobody seals.
SEALED_WITHIN = timedelta(minutes=1)


class Command(BaseCommand):
    """Reads only."""

    help = "Verify the audit, or show what it says of a remote action."

    def add_arguments(self, parser: CommandParser) -> None:
        what = parser.add_subparsers(dest="what", required=True)
        verifying = what.add_parser("verify", help="Walk the whole chain; exit 1 at the first broken place.")
        verifying.add_argument(
            "--head", type=_head, metavar="POSITION:HEX", help="A head that was noted before, such as one from the log."
        )
        showing = what.add_parser("show", help="Print the trail of one remote action.")
        showing.add_argument("--action", required=True, metavar="ID", help="The remote action's id, as the API has it.")

    def handle(self, *_: Any, **options: Any) -> None:
        if options["what"] == "verify":
            self._verify(options["head"])
        else:
            self._show(options["action"])

    def _verify(self, told: Head | None) -> None:
        try:
            verified = verify(told)
        except Broken as broken:
            raise CommandError(f"The audit is broken. {broken}") from None
        self.stdout.write(f"The audit is whole: {verified.head.position:,} entries. Its head is {verified.head}")
        if verified.erased:
            self.stdout.write(f"Of these {verified.erased:,} were erased in part, which sealed entries vouch for.")
        self._write_not_sealed(verified)

    def _write_not_sealed(self, verified: Verified) -> None:
        if verified.oldest is None:
            return
        self.stdout.write(f"Not sealed yet: {verified.not_sealed:,} entries, the oldest of {_moment(verified.oldest)}.")
        if clock.now() - verified.oldest > SEALED_WITHIN:
            self.stdout.write("That is too long: see that Celery's clock and the worker of the queue `sweeps` run.")

    def _show(self, action: str) -> None:
        entries = AuditEntry.objects.filter(subject=action).order_by("pk")
        if not entries:
            raise CommandError(f"The audit has no entry about {action}.")
        for entry in entries:
            self.stdout.write(_trail(entry))


def _head(text: str) -> Head:
    position, _, seal = text.strip().partition(":")
    try:
        head = Head(int(position), bytes.fromhex(seal))
    except ValueError:
        raise ArgumentTypeError("write it as it is logged: POSITION:HEX") from None
    if head.position < 1 or len(head.seal) != 32:
        raise ArgumentTypeError("a position from 1 on, and 64 hex digits")
    return head


def _trail(entry: AuditEntry) -> str:
    """The entry in a few lines, the details indented."""
    sealed = f"sealed at {entry.position}" if entry.seal is not None else "not sealed yet"
    if entry.erased_at is not None:
        sealed += f", erased in part at {_moment(entry.erased_at)}"
    lines = [f"{_moment(entry.at)}  {entry.get_kind_display()} · {entry.who} · {entry.get_origin_display()} · {sealed}"]
    if entry.reason:
        lines.append(f"reason: {entry.reason}")
    for name, value in entry.document.items():
        lines += _PARTS[name](value) if name in _PARTS else [f"{name}: {_value(value)}"]
    if entry.body is not None:
        body = bytes(entry.body)
        lines.append(f"{len(body):,} bytes: {body.decode('utf-8', 'replace')}")
    return _plain("\n    ".join(lines))


def _headers(headers: list[list[str]]) -> list[str]:
    return ["headers:", *(f"    {name}: {value}" for name, value in headers)]


def _checks(found: dict[str, Any]) -> list[str]:
    return ["checks:", *(f"    {name}: {_value(value)}" for name, value in found.items())]


def _value(value: Any) -> str:
    why = read_why(value)
    if why is not None:
        return f"{why} ({why.code})"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


# What has a line for each of its parts.
_PARTS: dict[str, Callable[[Any], list[str]]] = {"headers": _headers, "checks": _checks}


def _moment(moment: Any) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S.%f} UTC"


def _plain(text: str) -> str:
    """Without what would steer a terminal: some of it was written by others."""
    return "".join(char if char.isprintable() or char in "\n\t" else "\N{REPLACEMENT CHARACTER}" for char in text)
