"""docs/receiver.md names everything, and its code works as it stands."""

import re
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import requests

from fleetremote.receiver.behaviour import NAMES
from launcher.environment import ROOT
from launcher.probes import free_port
from tests.receiver.driving import BODY, OTHER_SECRET, SECRET, signed
from tests.waiting import wait_until

TEXT = (ROOT / "docs" / "receiver.md").read_text()


def test_everything_is_documented() -> None:
    page = subprocess.run(
        [sys.executable, "-m", "fleetremote.receiver", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=20
    ).stdout
    options = {word.rstrip(",") for word in page.split() if word.startswith("--")} - {"--help"}
    assert {"--secret", "--fail-first", "--quiet"} <= options
    assert [word for word in (*options, *NAMES, "RECEIVER_SECRET") if f"`{word}" not in TEXT] == []


def test_the_example_takes_what_is_genuine_only(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    port = free_port(None)
    url = f"http://127.0.0.1:{port}/hook"
    code = code.replace("whsec_…", SECRET).replace("9101", str(port))
    statuses = []

    def post(secret: str) -> bool:
        with suppress(requests.ConnectionError):
            statuses.append(requests.post(url, data=BODY, headers=signed(secret=secret), timeout=20).status_code)
        return bool(statuses)

    with (tmp_path / "output").open("w") as output:
        process = subprocess.Popen([sys.executable, "-u", "-c", code], stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until(lambda: post(SECRET), "the example to answer")
        post(OTHER_SECRET)
    finally:
        process.terminate()
        process.wait(30)
    assert statuses == [200]
    said = (tmp_path / "output").read_text()
    assert said.count("msg_1 VF3ABCDE0FG123456 Doors Success") == 1
    assert "No matching signature found" in said
