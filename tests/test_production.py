"""What holds where FleetRemote is on the internet: pages by https alone, and Django finds nothing."""

import os
import re
import runpy
import secrets
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

import fleetremote.settings

ROOT = Path(__file__).resolve().parent.parent
PRODUCTION = {"PUBLIC_URL": "https://fleet.example.com", "BEHIND_PROXY": "yes"}


@pytest.fixture
def production(monkeypatch: pytest.MonkeyPatch, settings: Any) -> dict[str, Any]:
    """The settings of such a place, which the views of this process have too."""
    for name, value in PRODUCTION.items():
        monkeypatch.setenv(name, value)
    found = runpy.run_path(fleetremote.settings.__file__)
    for name, value in found.items():
        if name.startswith(("SECURE_", "SESSION_COOKIE", "CSRF_", "ALLOWED_HOSTS", "LANGUAGE_COOKIE")):
            setattr(settings, name, value)
    return found


def test_djangos_check_for_deployment_finds_nothing() -> None:
    """All but what is left to who has the domain, which says when and why."""
    strong = {"SECRET_KEY": secrets.token_urlsafe(50), "LOG_LEVEL": "ERROR"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "INFO"],
        cwd=ROOT,
        env={**os.environ, **PRODUCTION, **strong},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no issues" in done.stdout
    silenced = re.search(r"((?:^#.*\n)+)^SILENCED_SYSTEM_CHECKS = (.*)$", _settings_text(), re.MULTILINE)
    assert silenced is not None
    assert re.search(r"\b20\d\d-\d\d-\d\d: \w", silenced[1])
    assert silenced[2] == '["security.W005", "security.W021"]'


def test_the_domains_owner_may_bind_its_other_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {**PRODUCTION, "HSTS_SUBDOMAINS": "yes", "HSTS_PRELOAD": "yes", "HSTS_SECONDS": "60"}.items():
        monkeypatch.setenv(name, value)
    found = runpy.run_path(fleetremote.settings.__file__)
    assert (found["SECURE_HSTS_SECONDS"], found["SECURE_HSTS_INCLUDE_SUBDOMAINS"]) == (60, True)
    assert found["SECURE_HSTS_PRELOAD"] is True


def test_by_http_nothing_is_bound_to_https(monkeypatch: pytest.MonkeyPatch) -> None:
    """A browser that heard of it could not come back for a year."""
    monkeypatch.setenv("PUBLIC_URL", "http://127.0.0.1:8000")
    found = runpy.run_path(fleetremote.settings.__file__)
    assert (found["SECURE_HSTS_SECONDS"], found["SECURE_SSL_REDIRECT"]) == (0, False)
    assert found["SESSION_COOKIE_NAME"] == "sessionid"


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/login", "/", "/admin/login/"])
def test_a_page_leads_on_to_https(production: dict[str, Any], path: str) -> None:
    answer = Client(SERVER_NAME="fleet.example.com").get(path)
    assert (answer.status_code, answer.headers["Location"]) == (301, f"https://fleet.example.com{path}")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "status"), [("/healthz", 200), ("/connectedcar/v3/fleets", 401), ("/as/token.oauth2", 405)]
)
def test_a_program_is_not_led_on(production: dict[str, Any], path: str, status: int) -> None:
    """It would show its secret in clear each time, and nobody would notice."""
    assert Client(SERVER_NAME="fleet.example.com").get(path).status_code == status


@pytest.mark.django_db
def test_by_https_a_page_is_served_and_its_cookies_are_of_this_host_alone(production: dict[str, Any]) -> None:
    client = Client(SERVER_NAME="fleet.example.com", headers={"x-forwarded-proto": "https"})
    answer = client.get("/login")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    cookie = answer.cookies["__Host-csrftoken"]
    assert (cookie["secure"], cookie["httponly"], cookie["path"], cookie["domain"]) == (True, True, "/", "")
    assert cookie["samesite"] == "Lax"
    assert production["SESSION_COOKIE_NAME"] == "__Host-sessionid"


def _settings_text() -> str:
    return Path(fleetremote.settings.__file__).read_text()
