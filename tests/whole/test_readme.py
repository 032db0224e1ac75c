"""What the README tells people to type works as it stands."""

import json
import os
import re
import subprocess

from launcher.environment import ROOT
from tests.running import Running


def test_the_curl_example_ends_in_success(running: Running) -> None:
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    example = next(block for block in blocks if "curl" in block)
    example = example.replace("script/manage", str(ROOT / "script" / "manage"))
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **running.server.environment}
    ends = []
    for _ in range(2):
        typed = subprocess.run(
            ["sh", "-eu", "-c", example], env=environment, check=True, timeout=90, capture_output=True, text=True
        )
        ends.append(json.loads(typed.stdout.splitlines()[-1])["status"])
    assert ends[0] in ("Success", "AlreadyDone")
    assert ends[1] == "AlreadyDone"
