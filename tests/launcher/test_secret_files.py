"""`script/secrets` makes the files of secrets for Compose, and writes over none."""

import base64
import subprocess
from pathlib import Path

import pytest

from launcher.container import secret_files
from launcher.container.secret_files import FILES, main, make, read_env
from launcher.environment import ROOT


def test_all_are_made_once(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    assert make(folder, {}) == list(FILES)
    first = {path.name: path.read_text() for path in folder.iterdir()}
    names = {"secret_key", "secret_key_fallbacks", "field_keys", "receiver_secret", "postgres_password", "email_url"}
    assert first.keys() == names
    assert len(base64.urlsafe_b64decode(first["field_keys"])) == 32
    assert min(len(first["secret_key"]), len(first["postgres_password"])) >= 40
    assert first["receiver_secret"].startswith("whsec_")
    assert first["email_url"] == first["secret_key_fallbacks"] == ""
    assert make(folder, {"SECRET_KEY": "another"}) == []
    assert {path.name: path.read_text() for path in folder.iterdir()} == first


def test_only_who_may_enter_the_folder_reads_them(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    make(folder, {})
    assert folder.stat().st_mode & 0o777 == 0o700
    # The container's user is another than this machine's.
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o644}


def test_what_an_env_of_before_holds_is_taken_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An update loses no key, and PostgreSQL keeps its password."""
    (tmp_path / ".env").write_text("SECRET_KEY='kept one'\nFIELD_KEYS=a,b # both\nPOSTGRES_PASSWORD=pg\nPORT=1\n")
    monkeypatch.setattr(secret_files, "ROOT", tmp_path)
    assert main(["--folder", str(tmp_path / "secrets")]) == 0
    texts = [(tmp_path / "secrets" / name).read_text() for name in ("secret_key", "field_keys", "postgres_password")]
    assert texts == ["kept one", "a,b", "pg"]
    said = capsys.readouterr().out
    assert "Taken over from .env, where they can go now: SECRET_KEY, FIELD_KEYS, POSTGRES_PASSWORD." in said
    assert "kept one" not in said


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=1", "1"),
        ("A = 1 ", "1"),
        ('A="x y" # z', "x y"),
        ("A='#1'", "#1"),
        ("A=1 # z", "1"),
        ("A=x#y", "x#y"),
        ("A=", ""),
    ],
)
def test_an_env_is_read_as_compose_reads_it(line: str, value: str) -> None:
    assert read_env(f"# A=0\n{line}\n") == {"A": value}


def test_the_script_needs_nothing_installed(tmp_path: Path) -> None:
    done = subprocess.run(["script/secrets", "--folder", str(tmp_path / "s")], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "secret_key, field_keys" in done.stdout
    assert main(["--folder", str(tmp_path / "s")]) == 0
