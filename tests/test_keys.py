"""Keys that are none keep FleetRemote from starting: which, why and what to do is said, and never the key."""

import base64
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

import fleetremote.settings
from launcher.environment import ROOT, SECRETS
from launcher.errors import LaunchError
from launcher.start.keys import check_given

GOOD = base64.urlsafe_b64encode(bytes(range(32))).decode()
NO_SECRET_KEYS = {
    "": "is empty",
    " \n": "is empty",
    "short": "has 5 characters",
    "k9" * 15: "has 30 characters",
    "x" * 60: "repeats itself",
    "0123456789abcdef" * 4: "repeats itself",
    "django-insecure-q8#w2$k1!z7^m4&p6*n3(d5)v0": "is a placeholder",
    "CHANGE ME to something that nobody knows, please": "is a placeholder",
    "your-secret-key-0123456789-abcdefghijklm": "is a placeholder",
}
NO_FIELD_KEYS = {
    "": "its key is empty",
    ",": "its key 1 of 2 is empty",
    f"{GOOD},": "its key 2 of 2 is empty",
    "not base64 at all, is it?": "its key 1 of 2 is no URL-safe base64",
    "clé" * 15: "its key is no URL-safe base64",
    GOOD[:-4]: "its key holds 30 bytes, not 32",
    GOOD.rstrip("="): "its key is no URL-safe base64",
    f"{GOOD},{GOOD[4:]},{GOOD}": "its key 2 of 3 holds 29 bytes, not 32",
    "A" * 43 + "=": "its key repeats itself",
}
WRONG = [
    *(("SECRET_KEY", key, words) for key, words in NO_SECRET_KEYS.items()),
    *(("FIELD_KEYS", keys, words) for keys, words in NO_FIELD_KEYS.items()),
]


def read() -> dict[str, Any]:
    """The settings, as a new process reads them."""
    return runpy.run_path(fleetremote.settings.__file__)


@pytest.mark.parametrize(("name", "given", "words"), WRONG)
@pytest.mark.parametrize("by_file", [False, True])
def test_what_is_no_key_is_refused_in_words_that_name_it_and_the_mend(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, given: str, words: str, by_file: bool
) -> None:
    """By the settings of each process, and by script/server before it starts one."""
    monkeypatch.setenv(name, given)
    if by_file:
        secret = tmp_path / "secret"
        secret.write_text(given)
        monkeypatch.delenv(name)
        monkeypatch.setenv(f"{name}_FILE", str(secret))
    refusals: list[tuple[type[Exception], Callable[[], object]]] = [
        (ImproperlyConfigured, read),
        (LaunchError, lambda: check_given(os.environ)),
    ]
    for kind, ask in refusals:
        with pytest.raises(kind) as caught:
            ask()
        told = str(caught.value)
        assert told.startswith(name)
        assert words in told
        assert "this makes" in told.lower()
        assert len(given) < 10 or given not in told


def test_those_that_script_server_makes_are_good(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(50):
        for name in ("SECRET_KEY", "FIELD_KEYS"):
            monkeypatch.setenv(name, SECRETS[name]())
        check_given(os.environ)
        read()


def test_former_keys_stand_behind_the_present_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    former = SECRETS["SECRET_KEY"]()
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", f"{former}, {former[::-1]}")
    monkeypatch.setenv("FIELD_KEYS", f" {SECRETS['FIELD_KEYS']()} ,{GOOD}\n")
    settings = read()
    assert settings["SECRET_KEY_FALLBACKS"] == [former, former[::-1]]
    assert settings["FIELD_KEYS"][1] == GOOD
    monkeypatch.setenv("SECRET_KEY_FALLBACKS", "guess")
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY_FALLBACKS has 5 characters"):
        read()


@pytest.mark.parametrize("program", [["-m", "launcher.server"], ["manage.py", "check"]])
def test_nothing_starts_with_one(tmp_path: Path, program: list[str]) -> None:
    environment = os.environ | {"FIELD_KEYS": "guess me", "FLEETREMOTE_HOME": str(tmp_path / "home"), "PORT": "9"}
    done = subprocess.run(
        [sys.executable, *program], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60
    )
    said = done.stdout + done.stderr
    assert done.returncode == 1
    assert "FIELD_KEYS: its key is no URL-safe base64" in said
    assert "Traceback" not in said
    assert "guess me" not in said
    assert not (tmp_path / "home").exists()
