"""What README and docs tell people to type works as it stands."""

import json
import os
import re
import subprocess

from launcher.environment import ROOT
from tests.running import Running


def _type(page: str, running: Running) -> str:
    """Type the example of a page that calls curl; gives what it prints."""
    blocks = re.findall(r"```sh\n(.*?)```", (ROOT / page).read_text(), re.DOTALL)
    example = next(block for block in blocks if "curl" in block and "script/manage" in block)
    example = example.replace("script/manage", str(ROOT / "script" / "manage"))
    environment = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), **running.server.environment}
    typed = subprocess.run(
        ["sh", "-eu", "-c", example], env=environment, check=True, timeout=90, capture_output=True, text=True
    )
    return typed.stdout


def test_the_curl_example_ends_in_success(running: Running) -> None:
    ends = [json.loads(_type("README.md", running).splitlines()[-1])["status"] for _ in range(2)]
    assert ends[0] in ("Success", "AlreadyDone")
    assert ends[1] == "AlreadyDone"


def test_that_of_v1_does_too(running: Running) -> None:
    capability, action = _type("docs/api.md", running).splitlines()[-1].replace("}{", "}\n{").splitlines()[-2:]
    assert json.loads(capability)["vin"]
    assert json.loads(action)["status"] in ("Success", "AlreadyDone")
