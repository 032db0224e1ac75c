"""What `script/server` says when all answers, and what `at_start` leaves for it."""

import json
import stat
from pathlib import Path
from unittest.mock import Mock

import pytest
from pytest_django import Settings

from fleetremote.celery import app, tell_who_cannot_call_back
from fleets.models import Gateway
from launcher.environment import read_wishes
from launcher.files import write_private
from launcher.start.words import announce, greeting_file
from tests.launcher.test_demo import load
from tests.printed import printed_by
from tests.world import make_person


def said(home: Path, capsys: pytest.CaptureFixture[str], *, demo: bool) -> list[str]:
    announce(read_wishes({"FLEETREMOTE_HOME": str(home)}), demo=demo)
    return capsys.readouterr().out.splitlines()


def test_the_greeting_is_said_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    greeting_file(tmp_path).parent.mkdir()
    write_private(greeting_file(tmp_path), "There is no admin yet.\n  http://x/first-admin/y\n")
    ready = "FleetRemote is ready at http://127.0.0.1:8000/"
    assert said(tmp_path, capsys, demo=False) == [ready, "There is no admin yet.", "  http://x/first-admin/y"]
    assert said(tmp_path, capsys, demo=False) == [ready]


def test_the_demos_login_is_said_with_the_demo_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "demo.json").write_text(json.dumps({"web": {"user": "demo", "password": "secret"}}))
    assert said(tmp_path, capsys, demo=True)[1:] == ["Log in as demo with password secret"]
    assert said(tmp_path, capsys, demo=False)[1:] == []


def found(home: Path) -> str:
    """What `at_start` leaves without the demo."""
    into = home / "greeting"
    assert printed_by("at_start", at="http://127.0.0.1:8000", into=str(into), no_demo=True) == ""
    assert stat.S_IMODE(into.stat().st_mode) == 0o600
    return into.read_text()


@pytest.mark.django_db
def test_a_start_finds_what_whoever_starts_must_know(tmp_path: Path, settings: Settings) -> None:
    settings.FLEETREMOTE_HOME = tmp_path
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    first, link = found(tmp_path).splitlines()
    assert first == "There is no admin yet. This link makes the first one, once, within an hour:"
    assert link.startswith("  http://127.0.0.1:8000/first-admin/")
    assert found(tmp_path).splitlines()[1] != link, "each start has a link of its own"

    make_person("root", is_superuser=True)
    assert found(tmp_path) == ""
    Gateway.objects.create(name="Cloud", base_url="https://api.example.com/connectedcar/v3")
    assert "PUBLIC_URL is http://127.0.0.1:8000, which can't be reached from: Cloud." in found(tmp_path)
    settings.PUBLIC_URL = "https://fleet.example.com"
    load(tmp_path)
    assert printed_by("at_start", at="http://127.0.0.1:8000", into="-") == "", "Compose may run it"
    assert printed_by("at_start", at="http://127.0.0.1:8000", into="-", no_demo=True) == found(tmp_path)
    assert found(tmp_path).startswith("The demo's fleets are still here, without their simulator.")


@pytest.mark.django_db
@pytest.mark.parametrize(("queue", "lines"), [("sweeps", 2), ("commands", 0)])
def test_one_worker_logs_once_who_can_not_call_back(
    queue: str, lines: int, settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.amqp.queues, "_consume_from", {queue: None})
    monkeypatch.setattr("fleetremote.celery.connection", Mock())
    settings.PUBLIC_URL = "http://127.0.0.1:8000"
    Gateway.objects.create(name="Cloud", base_url="https://api.example.com/connectedcar/v3")
    tell_who_cannot_call_back()
    assert len(caplog.records) == lines
    assert ("which can't be reached from: Cloud." in caplog.text) == bool(lines)
