"""`script/manage receiver`, and what it says."""

import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from fleetremote.receiver.journal import Request
from fleetremote.receiver.signature import Verdict
from fleetremote.receiver.words import line
from launcher.environment import ROOT
from tests.receiver.driving import BODY, SECRET, Receiver

# Nearly each starts a receiver of its own.
pytestmark = pytest.mark.drawn("receivers", 13, of="tests")


class Managed(Receiver):
    program = ("manage.py", "receiver")


def test_manage_runs_it(start: Callable[..., Receiver]) -> None:
    receiver = start("--secret", SECRET, "--quiet", kind=Managed)
    assert receiver.post().status_code == 200
    assert receiver.received()[0]["verified"]
    assert receiver.said == f"receiver is ready at {receiver.url}\n"


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--status", "99"), "$.status"),
        (("--cut", "2"), "$.cut"),
        (("--delay", "nan"), "$.delay"),
        (("--port", "70000"), "port"),
        (("--secret", "whsec_nonsense!"), "whsec_ followed by base64"),
    ],
)
def test_wrong_options_are_said(options: tuple[str, ...], words: str) -> None:
    program = [sys.executable, "-m", "fleetremote.receiver", *options]
    done = subprocess.run(program, cwd=ROOT, capture_output=True, text=True, timeout=20)
    assert done.returncode == 1
    assert words in done.stderr
    assert "nonsense" not in done.stderr
    assert "Traceback" not in done.stderr


def shown(body: bytes, answer: int | None = 200) -> str:
    at = datetime(2026, 11, 21, 12, tzinfo=UTC)
    return line(Request(at, "/hook", {}, body, Verdict(True), answer))


def test_a_line_a_notification() -> None:
    assert shown(BODY) == "2026-11-21 12:00:00Z ✓ verified: VF3ABCDE0FG123456 Doors Success"
    many = b'{"events": [%s]}' % b", ".join(
        [b'{"vin": "V1", "remoteType": "Doors", "eventStatus": {"status": "Failed", "failureCause": "DoorsOpen"}}'] * 6
    )
    one = "V1 Doors Failed (DoorsOpen)"
    assert shown(many).endswith(f"verified: 6 events: {one}; {one}; {one}; {one}; and 2 more")


def test_strangers_cannot_steer_the_terminal() -> None:
    hostile = b'{"events": [{"vin": "\\u001b[2J\\nok", "remoteType": ["x"], "eventStatus": 7}]}'
    assert shown(hostile).endswith("verified: ?[2J?ok ['x']")


def test_a_line_for_messages_of_v1() -> None:
    event = b'{"remoteActionId": "a1", "remoteType": "Locking", "eventStatus": {"type": "Done", "status": "Success"}}'
    named = b'[{"key": "Vin", "value": "VF3ABCDE0FG123456"}]'
    message = b'{"channelId": "c1", "type": "Remote", "attributes": %s, "remoteEvent": %s}' % (named, event)
    assert shown(message).endswith("verified: VF3ABCDE0FG123456 Locking Success")
    one = "VF3ABCDE0FG123456 Locking Success"
    assert shown(b"[%s, %s, 7]" % (message, message)).endswith(f"verified: 2 events: {one}; {one}")
