"""script/setup.py with an empty lock file, in a checkout of its own."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from launcher.environment import ROOT

SYSTEM_PYTHON = os.path.realpath(sys.executable)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return make_checkout(tmp_path)


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One for several tests, each of which finds the environment that the one before has made: making takes long."""
    return make_checkout(tmp_path_factory.mktemp("used"))


def make_checkout(folder: Path) -> Path:
    (folder / "script").mkdir()
    for name in ("setup.py", "find-python.sh"):
        shutil.copy(ROOT / "script" / name, folder / "script" / name)
    for name in ("requirements.txt", "requirements-dev.txt"):
        (folder / name).write_text("# nothing\n")
    return folder


def start(checkout: Path, *words: str, **environment: str) -> subprocess.Popen[str]:
    program = ["--", "-c", "import sys; print(sys.prefix)"]
    env = {name: value for name, value in os.environ.items() if name != "FLEETREMOTE_HOME"}
    return subprocess.Popen(
        [SYSTEM_PYTHON, "script/setup.py", *words, *program],
        cwd=checkout,
        env={**env, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(checkout: Path, *words: str, **environment: str) -> tuple[int, str, str]:
    process = start(checkout, *words, **environment)
    out, err = process.communicate(timeout=120)
    return process.returncode, out, err


@pytest.mark.drawn("environments", 1, of="tests")
def test_environment_is_made_once_and_again_when_the_lock_changes(checkout: Path) -> None:
    runs = [start(checkout, "--quiet") for _ in range(2)]
    outputs = [process.communicate(timeout=120) for process in runs]
    prefix = f"{checkout / '.venv'}\n"
    assert [out for out, _ in outputs] == [prefix, prefix]
    # Two at once: one has worked, the other has waited.
    assert sum("Installing" in err for _, err in outputs) == 1

    assert run(checkout, "--quiet") == (0, prefix, "")

    (checkout / "requirements.txt").write_text("# nothing new\n")
    code, out, err = run(checkout)
    assert (code, err) == (0, "")
    assert "Installing the packages of requirements.txt" in out
    assert "Making the virtual environment" not in out

    (checkout / ".venv" / "bin" / "python").unlink()
    code, out, _ = run(checkout)
    assert code == 0
    assert "Making the virtual environment" in out


@pytest.mark.drawn("environments", 1, of="tests")
def test_an_environment_in_use_is_left_as_it_is(used: Path) -> None:
    """A server runs in it, and somebody has fetched a new version into the same checkout."""
    program = "import sys; print('up', flush=True); sys.stdin.read()"
    server = subprocess.Popen(
        [SYSTEM_PYTHON, "script/setup.py", "--quiet", "--", "-c", program],
        cwd=used,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        assert server.stdout.readline() == "up\n"
        before = (used / ".venv" / "fleetremote.json").read_text()
        (used / "requirements.txt").write_text("# nothing new\n")
        code, out, err = run(used, "--quiet")
        assert (code, out) == (0, f"{used / '.fleetremote' / 'venv'}\n")
        assert f"{used / '.venv'} is in use" in err
        assert (used / ".venv" / "fleetremote.json").read_text() == before
    finally:
        server.communicate("", timeout=30)
    (used / "requirements.txt").write_text("# newer\n")
    assert run(used, "--quiet")[1] == f"{used / '.venv'}\n"


@pytest.mark.drawn("environments", 1, of="tests")
def test_broken_lock_is_explained(used: Path) -> None:
    (used / "requirements.txt").write_text("./nowhere\n")
    code, _, err = run(used, "--quiet")
    assert code == 1
    assert "installing packages ended with exit code" in err
    assert "What to do:" in err
    assert not (used / ".venv" / "fleetremote.json").exists()


def test_python_without_venv_is_explained(checkout: Path) -> None:
    (checkout / "hidden").mkdir()
    (checkout / "hidden" / "ensurepip.py").write_text("raise ImportError")
    code, _, err = run(checkout, PYTHONPATH=str(checkout / "hidden"))
    assert code == 1
    assert "apt-get install python3." in err


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_environment_of_a_checkout_that_is_not_ours_goes_beside_the_data(
    checkout: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = tmp_path_factory.mktemp("home")
    checkout.chmod(0o500)
    code, out, _ = run(checkout, "--quiet", FLEETREMOTE_HOME=str(home))
    checkout.chmod(0o700)
    assert (code, out) == (0, f"{home / 'venv'}\n")


def test_development_packages_include_the_others(used: Path) -> None:
    (used / "requirements.txt").write_text("# nothing\n")
    assert run(used, "--dev", "--quiet")[0] == 0
    stamp = json.loads((used / ".venv" / "fleetremote.json").read_text())
    assert stamp.keys() == {"python", "requirements.txt", "requirements-dev.txt"}
    assert run(used, "--quiet")[2] == ""
