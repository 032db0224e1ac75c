"""What the caller may wish for, and what is kept for script/manage."""

import json
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.environment import (
    ROOT,
    Addresses,
    child_environment,
    kept_secrets,
    make_home,
    read_wishes,
    write_environment,
)
from launcher.errors import LaunchError
from launcher.lock import HomeLock
from launcher.probes import check_port_is_free, free_port

DEMO = Addresses("http://127.0.0.1:9000", "http://127.0.0.1:9100")


def test_defaults() -> None:
    wishes = read_wishes({})
    assert wishes.port == 8000
    assert wishes.home == ROOT / ".fleetremote"
    assert wishes.public_url == "http://127.0.0.1:8000"
    assert wishes.local_url == "http://127.0.0.1:8000"
    assert (wishes.simulator_speed, wishes.web_workers) == (1.0, 2)
    assert (wishes.database_url, wishes.redis_url) == (None, None)


def test_public_url_follows_the_port_and_loses_its_last_slash() -> None:
    assert read_wishes({"PORT": "9001"}).public_url == "http://127.0.0.1:9001"
    assert read_wishes({"PUBLIC_URL": "https://x.example/"}).public_url == "https://x.example"


def test_local_address_of_a_server_for_everybody() -> None:
    assert read_wishes({"HOST": "0.0.0.0"}).local_url == "http://127.0.0.1:8000"
    assert read_wishes({"HOST": "::1"}).local_url == "http://[::1]:8000"


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "http"),
        ("PORT", "0"),
        ("PORT", "70000"),
        ("WEB_WORKERS", "0"),
        ("SIMULATOR_SPEED", "fast"),
        ("SIMULATOR_SPEED", "nan"),
        ("SIMULATOR_SPEED", "-1"),
        ("PUBLIC_URL", "fleet.example"),
    ],
)
def test_wrong_values_are_named(name: str, text: str) -> None:
    with pytest.raises(LaunchError, match=name):
        read_wishes({name: text})


def test_secrets_are_made_once_and_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    monkeypatch.delenv("FIELD_KEYS", raising=False)
    first = kept_secrets(tmp_path)
    assert kept_secrets(tmp_path) == first
    assert stat.S_IMODE((tmp_path / "secrets.json").stat().st_mode) == 0o600
    monkeypatch.setenv("SECRET_KEY", "mine")
    assert kept_secrets(tmp_path)["SECRET_KEY"] == "mine"


def test_a_secret_that_came_later_joins_the_kept_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SECRET_KEY", "FIELD_KEYS", "RECEIVER_SECRET"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "secrets.json").write_text('{"SECRET_KEY": "old", "FIELD_KEYS": "older"}')
    first = kept_secrets(tmp_path)
    assert (first["SECRET_KEY"], first["FIELD_KEYS"]) == ("old", "older")
    assert first["RECEIVER_SECRET"].startswith("whsec_")
    assert kept_secrets(tmp_path) == first


def test_callbacks_may_reach_this_machine_unless_the_caller_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def networks(addresses: Addresses) -> str:
        wishes = read_wishes({"FLEETREMOTE_HOME": str(tmp_path)})
        variables = child_environment(wishes, database_url="", redis_url="", addresses=addresses)
        return variables["CALLBACK_ALLOWED_NETWORKS"]

    monkeypatch.delenv("CALLBACK_ALLOWED_NETWORKS", raising=False)
    assert networks(DEMO) == "127.0.0.0/8,::1/128"
    assert networks(Addresses()) == "", "without the demo none is needed"
    for wish in ("10.1.0.0/16", ""):
        monkeypatch.setenv("CALLBACK_ALLOWED_NETWORKS", wish)
        assert networks(DEMO) == networks(Addresses()) == wish


def test_without_the_demo_nobody_is_told_of_a_simulator(tmp_path: Path) -> None:
    wishes = read_wishes({"FLEETREMOTE_HOME": str(tmp_path)})
    for addresses, names in ((DEMO, {"SIMULATOR_URL", "RECEIVER_URL"}), (Addresses(), set[str]())):
        variables = child_environment(wishes, database_url="", redis_url="", addresses=addresses)
        assert variables.keys() & {"SIMULATOR_URL", "RECEIVER_URL"} == names


def test_people_log_in_where_the_cookies_go() -> None:
    assert read_wishes({"PUBLIC_URL": "https://x.example"}).browser_url == "https://x.example"
    assert read_wishes({"PUBLIC_URL": "http://x.example", "PORT": "8100"}).browser_url == "http://127.0.0.1:8100"


def test_environment_is_kept_privately_and_used_by_manage(tmp_path: Path) -> None:
    wishes = read_wishes({"FLEETREMOTE_HOME": str(tmp_path), "PUBLIC_URL": "https://x.example"})
    variables = child_environment(wishes, database_url="postgres://u@/d", redis_url="unix:///s", addresses=DEMO)
    assert "x.example" in variables["ALLOWED_HOSTS"].split(",")
    write_environment(tmp_path, variables)
    kept = tmp_path / "environment.json"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert json.loads(kept.read_text()) == variables


def test_manage_prints_the_demo_without_any_store(tmp_path: Path) -> None:
    demo = {"web": {"url": "http://x"}, "fleets": []}
    (tmp_path / "demo.json").write_text(json.dumps(demo))
    done = subprocess.run(
        [sys.executable, "-m", "launcher.manage", "demo", "--json"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "FLEETREMOTE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == demo


def test_manage_says_when_there_is_no_demo(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "launcher.manage", "demo", "--json"],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "FLEETREMOTE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert "script/server" in done.stderr


def test_busy_port_is_said_and_another_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as busy:
        port = busy.getsockname()[1]
        with pytest.raises(LaunchError, match=f"Port {port}"):
            check_port_is_free("127.0.0.1", port)
        assert free_port(port) != port
    assert free_port(port) == port


def test_one_server_a_home(tmp_path: Path) -> None:
    first = HomeLock(tmp_path, "http://127.0.0.1:8000")
    with pytest.raises(LaunchError, match=r"already runs at http://127\.0\.0\.1:8000"):
        HomeLock(tmp_path, "http://127.0.0.1:9000")
    first.close()
    HomeLock(tmp_path, "http://127.0.0.1:9000").close()


def test_home_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LaunchError, match="FLEETREMOTE_HOME"):
        make_home(tmp_path / "file" / "home")
