"""A receiver process to post to, to steer and to ask what it got."""

import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import requests
from standardwebhooks import Webhook

from launcher.environment import ROOT

SECRET = "whsec_MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
OTHER_SECRET = "whsec_MTEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
EVENT = {
    "remoteActionId": "a1",
    "vin": "VF3ABCDE0FG123456",
    "eventDate": "2026-11-21T12:00:00.000Z",
    "remoteType": "Doors",
    "eventStatus": {"type": "Done", "status": "Success"},
}
BODY = json.dumps({"callbackId": "c1", "events": [EVENT]}).encode()


def signed(body: bytes = BODY, *, secret: str = SECRET, age: float = 0, id: str = "msg_1") -> dict[str, str]:
    """The headers of a notification that PyPI's standardwebhooks signed `age` seconds ago."""
    at = datetime.fromtimestamp(int(time.time() - age), UTC)
    signature = Webhook(secret).sign(id, at, body.decode())
    return {"webhook-id": id, "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


class Receiver:
    """`python -m fleetremote.receiver` with options, on any free port."""

    program = ("-m", "fleetremote.receiver")

    def __init__(self, output: Path, *options: str, environment: dict[str, str] | None = None) -> None:
        self.output = output
        with output.open("w") as file:
            command = [sys.executable, *self.program, "--port", "0", *options]
            self.process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT)
        self.url = ""
        self._said_before = 0

    @property
    def said(self) -> str:
        return self.output.read_text()[self._said_before :]

    def is_ready(self) -> bool:
        assert self.process.poll() is None, self.said
        if not self.said.endswith("\n"):
            return False
        self.url = self.said.splitlines()[0].removeprefix("receiver is ready at ")
        return True

    def begin_anew(self) -> None:
        """Be as after the start, but that the numbers go on."""
        self.behave()
        assert requests.put(f"{self.url}/receiver/secrets", json={"secrets": []}, timeout=20).status_code == 204
        assert requests.delete(f"{self.url}/receiver/received", timeout=20).status_code == 204
        self._said_before = len(self.output.read_text())

    def stop(self) -> int:
        self.process.terminate()
        return self.process.wait(30)

    def post(self, body: bytes = BODY, headers: dict[str, str] | None = None, path: str = "/hook") -> requests.Response:
        return requests.post(
            self.url + path, data=body, headers=signed(body) if headers is None else headers, timeout=20
        )

    def behave(self, **behaviour: Any) -> requests.Response:
        return requests.put(f"{self.url}/receiver/behaviour", json=behaviour, timeout=20)

    def received(self, since: int = 0) -> list[dict[str, Any]]:
        answer = requests.get(f"{self.url}/receiver/received", params={"since": since}, timeout=20)
        assert answer.status_code == 200, answer.text
        return answer.json()["received"]
