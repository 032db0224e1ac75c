"""The receiver's options, for `script/manage receiver` and `python -m fleetremote.receiver` alike."""

import os
from argparse import ArgumentParser
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fleetremote.environment.given import given
from fleetremote.receiver.behaviour import Behaviour, from_options
from fleetremote.receiver.signature import read_secret


@dataclass(frozen=True)
class Options:
    """`port` 0 is any free one; `keys` verify signatures; `quiet` prints no line a notification."""

    host: str
    port: int
    keys: tuple[bytes, ...]
    behaviour: Behaviour
    quiet: bool


def add_options(parser: ArgumentParser) -> None:
    """Add what the receiver takes."""
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    add("--port", type=int, default=0, help="port, 0 for any free one (0)")
    add("--secret", action="append", default=[], help="whsec_… to verify with; repeatable; also RECEIVER_SECRET")
    add("--status", type=int, help="answer this code (200)")
    add("--fail-first", type=int, metavar="N", help="fail the first N notifications (0)")
    add("--fail-rate", type=float, metavar="SHARE", help="fail this share of them, 0 to 1 (0)")
    add("--fail-status", type=int, metavar="STATUS", help="the code of those that fail (500)")
    add("--retry-after", type=int, metavar="SECONDS", help="sent with each 429 and 503 (not sent)")
    add("--cut", type=float, metavar="SHARE", help="close the connection of this share without an answer (0)")
    add("--delay", type=float, metavar="SECONDS", help="wait before each answer (0)")
    add("--seed", type=int, help="of the shares: the same seed fails alike (1)")
    add("--quiet", action="store_true", help="print no line a notification")


def read_options(values: Mapping[str, Any], environ: Mapping[str, str] = os.environ) -> Options:
    """What was chosen, checked. Raises ValueError that says what is wrong."""
    if not 0 <= values["port"] <= 65535:
        raise ValueError("a port is a number from 0 to 65535")
    secrets = [*values["secret"], *filter(None, [given("RECEIVER_SECRET", environ)])]
    return Options(
        host=values["host"],
        port=values["port"],
        keys=tuple(read_secret(secret) for secret in secrets),
        behaviour=from_options(dict(values)),
        quiet=values["quiet"],
    )
