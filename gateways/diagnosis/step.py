"""What a test of a connection tells, step by step."""

from dataclasses import dataclass

from protocol.why import SaysWhy, Why

NAMES = ("address", "name", "tcp", "tls", "client-certificate", "credentials", "fleets", "limits")


@dataclass(frozen=True)
class Step:
    """A step that was looked at: `why` says what was found, or what is wrong and what to do.

    `ok` None: it could not be told, is not needed, or works with something to know (a certificate that ends soon).
    """

    name: str
    ok: bool | None
    why: Why


@dataclass(frozen=True)
class Found:
    """What a step has found that does not end the test."""

    ok: bool | None
    why: Why


class Wrong(SaysWhy):
    """What ends the test at this step."""
