"""Docs keep up with the code."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

NAME = re.compile(
    r"""(?:environ\.get\(|environ\[|\b(?:required|optional|flag|number|items|networks)\(|environ, )["']([A-Z_]+)["']"""
)


def test_every_setting_is_documented() -> None:
    sources = [*ROOT.glob("fleetremote/*.py"), ROOT / "launcher" / "environment.py"]
    names = {name for source in sources for name in NAME.findall(source.read_text())}
    assert {"PUBLIC_URL", "PORT", "WEB_THREADS", "SECRET_KEY"} <= names
    documented = set(re.findall(r"`([A-Z_]+)`", (ROOT / "docs" / "settings.md").read_text()))
    internal = {"DJANGO_SETTINGS_MODULE", "READY_FILE", "SIMULATOR_URL"}
    assert names - documented - internal == set()


def test_every_dependency_has_a_reason() -> None:
    reasons = (ROOT / "docs" / "dependencies.md").read_text().lower()
    for file in ("requirements.in", "requirements-dev.in"):
        for line in (ROOT / file).read_text().splitlines():
            name = re.match(r"[A-Za-z0-9_-]+", line)
            if name and not line.startswith(("-", "types-")):
                assert name.group().lower() in reasons, f"{name.group()} of {file}"
