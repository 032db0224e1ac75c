"""The words after `script/server`, and what the next start knows of them."""

import subprocess
import sys
from pathlib import Path

import pytest

from launcher.environment import ROOT
from launcher.errors import LaunchError
from launcher.start.options import keep_demo, read_options, with_demo


@pytest.mark.parametrize(("words", "demo"), [([], None), (["--demo"], True), (["--no-demo"], False)])
def test_the_demo_is_wished_or_not_or_nothing_is_said(words: list[str], demo: bool | None) -> None:
    assert read_options(words).demo is demo


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--nodemo"], "'--nodemo'"),
        (["8000"], "'8000'"),
        (["--no-demo", "-v"], "'-v'"),
        (["--demo", "--no-demo"], "can't both be"),
    ],
)
def test_what_is_not_known_is_refused_with_what_there_is(words: list[str], told: str) -> None:
    with pytest.raises(LaunchError, match=told) as refused:
        read_options(words)
    assert "--no-demo  for real vehicles" in str(refused.value)


def test_a_home_stays_as_it_was_started(tmp_path: Path) -> None:
    """No demo comes by itself where somebody wanted none, and none goes."""
    assert with_demo(tmp_path, None) is True
    assert with_demo(tmp_path, False) is False
    assert with_demo(tmp_path, None) is False
    assert with_demo(tmp_path, True) is True
    assert with_demo(tmp_path, None) is True
    keep_demo(tmp_path, False)
    assert with_demo(tmp_path, None) is False


def test_a_note_that_can_not_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "start.json").write_text("[]")
    with pytest.raises(LaunchError, match="--demo or --no-demo"):
        with_demo(tmp_path, None)
    assert with_demo(tmp_path, False) is False


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "launcher.server", *words], cwd=ROOT, capture_output=True, text=True)


def test_help_and_refusals_start_nothing() -> None:
    shown, refused = run("--help"), run("--demos")
    assert (shown.returncode, refused.returncode) == (0, 1)
    assert shown.stdout.startswith("usage: script/server")
    assert "doesn't know '--demos'" in refused.stdout
