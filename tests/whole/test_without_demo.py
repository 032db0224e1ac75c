"""`script/server --no-demo` as people run it: no simulator, and a link that leads to the first log-in."""

import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import requests

from launcher.environment import read_environment
from launcher.probes import free_port
from tests import migrated
from tests.server import Server
from tests.waiting import command_line


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    home = tmp_path / "home"
    made = Server(home, free_port(None))
    migrated.place(home)
    yield made
    for pid in made.left():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    note = home / "postgres.path"
    if note.exists():
        shutil.rmtree(note.read_text().strip(), ignore_errors=True)


def test_the_first_log_in_of_an_empty_home(server: Server) -> None:
    process = server.start("--no-demo")
    running = " ".join(map(command_line, server.left()))
    assert "celery" in running
    assert "simulator" not in running
    assert "receiver" not in running
    assert not {"SIMULATOR_URL", "RECEIVER_URL"} & read_environment(server.home).keys()
    shown = server.run("-m", "launcher.manage", "demo", "--json")
    assert "script/server --demo" in shown.stderr

    told = server.output.read_text()
    assert "Log in as" not in told
    link = re.search(rf"This link makes the first one.*\n  ({server.url}first-admin/\S+)\n", told)
    assert link, told
    with requests.Session() as browser:
        page = browser.get(link[1])
        assert page.url == f"{server.url}first-admin"
        form = {"username": "anne", "email": "anne@example.com", "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        made = browser.post(page.url, form | {"password1": "a-first-long-one", "password2": "a-first-long-one"})
        assert (made.status_code, "anne" in made.text) == (200, True)
        assert browser.get(link[1]).status_code == 404
    logs = "".join(path.read_text() for path in (server.home / "log").glob("*.log"))
    assert link[1].rpartition("/")[2] not in logs
    assert not (server.home / "run" / "greeting").exists()

    process.terminate()
    assert process.wait(30) == 0
    assert server.left() == []
