"""What the guide at /api/docs tells developers to type works as it stands, against a real server."""

import html
import os
import re
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from callbacks.delivery.signing import sign
from callbacks.models.callback import new_secret
from tests.running import Running

CODE = re.compile(r'<pre lang="en" translate="no"><code>(.*?)</code></pre>', re.DOTALL)
WAYS = [(api, language) for api in ("v3", "v1") for language in ("curl", "python")]


def blocks(running: Running, api: str, language: str) -> list[str]:
    """The examples of the guide, in their order."""
    page = requests.get(f"{running.demo['web']['url']}/api/docs?api={api}&in={language}", timeout=20)
    return [html.unescape(code) for code in CODE.findall(page.text)]


def filled_in(code: str, running: Running) -> str:
    """With what a reader would put in: the demo's client, and a vehicle that is awake."""
    api, vehicle = running.demo["api"], running.vehicles("awake")[0]
    ours = {
        "your-client-id": api["client_id"],
        "your-name": api["user"],
        "your-password": api["password"],
        "your-fleet-id": running.fleet_of(vehicle)["id"],
        "your-vehicle-id": vehicle["id"],
    }
    for placeholder, value in ours.items():
        code = code.replace(placeholder, value)
    assert "your-" not in code
    return code


@pytest.mark.parametrize(("api", "language"), WAYS)
def test_the_examples_unlock_a_door(running: Running, api: str, language: str) -> None:
    typed = filled_in("\n".join(blocks(running, api, language)[:-2] + blocks(running, api, language)[-1:]), running)
    command = ["sh", "-eu", "-c"] if language == "curl" else [sys.executable, "-c"]
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/")}
    done = subprocess.run([*command, typed], env=environment, timeout=120, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert re.search(r"^(Success|AlreadyDone)\b", done.stdout, re.MULTILINE), done.stdout


def test_the_example_tells_what_is_genuine(running: Running) -> None:
    names: dict[str, Any] = {}
    exec(next(code for code in blocks(running, "v3", "python") if "def is_genuine" in code), names)
    secret, body = new_secret(), b'{"events": []}'
    headers = sign([new_secret(), secret], "msg_1", datetime.now(UTC), body)
    assert names["is_genuine"](secret, headers, body)
    assert not names["is_genuine"](new_secret(), headers, body)
    assert not names["is_genuine"](secret, headers, body + b" ")
    old = sign([secret], "msg_1", datetime.fromtimestamp(time.time() - 600, UTC), body)
    assert not names["is_genuine"](secret, old, body)
