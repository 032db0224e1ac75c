"""Makes the virtual environment, then runs a Python program in it.

    setup.py [--dev] [--quiet] -- <arguments for the environment's Python>

It runs before anything is installed: standard library only.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.txt", "requirements-dev.txt")
STAMP = "fleetremote.json"


class SetupError(Exception):
    """The environment can't be made; the text says why and what to do."""


def main() -> NoReturn:
    """Set up and become the wished program; exits with 1 and a sentence when that fails."""
    own, program = _split_arguments(sys.argv[1:])
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _leave)
    try:
        python = ensure_environment(dev="--dev" in own, quiet="--quiet" in own)
    except SetupError as error:
        sys.exit(f"Setting up failed: {error}")
    os.environ["FLEETREMOTE_HOME"] = str(_home())
    # Whoever is replaced by another program hands on only what is ignored, so put it back.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    # A dozen processes start, which would each compile the same modules anew.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.chdir(ROOT)
    os.execv(python, [str(python), *program])  # noqa: S606 (no shell is wanted)


def ensure_environment(*, dev: bool, quiet: bool = False) -> Path:
    """Return the environment's Python, with the packages of the lock file installed.

    Raises SetupError. Two runs at once are safe: the second waits for the first. An environment in which something
    runs is not changed: then there will be another one beside the data. What is returned counts as in use for as long
    as this process runs, whatever program it becomes.
    """
    lock = ROOT / LOCKS[1 if dev else 0]
    for folder in _candidates():
        if _use(folder, lock):
            return folder / "bin" / "python"
    for folder in _writable_candidates():
        with _Alone(folder):
            if _use(folder, lock) or (_change(folder, lock, quiet=quiet) and _use(folder, lock)):
                return folder / "bin" / "python"
    raise SetupError(
        f"{' and '.join(map(str, _candidates()))} must be changed, and something runs there. Stop it (script/server), "
        "then start again."
    )


def _use(folder: Path, lock: Path) -> bool:
    """Whether the environment is as it should be; then it counts as in use by this process."""
    try:
        file = os.open(folder.with_name(f"{folder.name}.use"), os.O_RDONLY | os.O_CREAT, 0o644)
    except OSError:
        return _is_up_to_date(folder, lock)  # where we may not write, we change nothing
    # Whoever changes it is waited for.
    fcntl.flock(file, fcntl.LOCK_SH)
    if _is_up_to_date(folder, lock):
        os.set_inheritable(file, True)
        return True
    os.close(file)
    return False


def _change(folder: Path, lock: Path, *, quiet: bool) -> bool:
    """Make the environment what it should be; False where something runs in it."""
    with folder.with_name(f"{folder.name}.use").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            _say(f"{folder} is in use, and is left as it is", quiet)
            return False
        _make(folder, quiet=quiet)
        _install(folder, lock, quiet=quiet)
    return True


def _split_arguments(arguments: list[str]) -> tuple[list[str], list[str]]:
    if "--" not in arguments:
        sys.exit(f"usage: {Path(__file__).name} [--dev] [--quiet] -- <arguments for Python>")
    cut = arguments.index("--")
    return arguments[:cut], arguments[cut + 1 :]


def _leave(number: int, _frame: object) -> NoReturn:
    sys.exit(128 + number)


def _home() -> Path:
    named = os.environ.get("FLEETREMOTE_HOME")
    return Path(named).expanduser().resolve() if named else ROOT / ".fleetremote"


def _candidates() -> list[Path]:
    return [ROOT / ".venv", _home() / "venv"]


def _writable_candidates() -> Iterator[Path]:
    """Where the environment goes: into the checkout, or beside the data where we may not. Raises SetupError."""
    inside, beside = _candidates()
    is_ours = os.access(inside if inside.exists() else ROOT, os.W_OK)
    if is_ours:
        yield inside
    with contextlib.suppress(OSError):
        beside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if os.access(beside.parent, os.W_OK):
        yield beside
    elif not is_ours:
        raise SetupError(
            f"neither {ROOT} nor {beside.parent} can be written to. Set FLEETREMOTE_HOME to a folder "
            "that you may write to; the virtual environment goes there too."
        )


class _Alone:
    """Holds the lock of an environment's folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder.with_name(f"{folder.name}.lock")

    def __enter__(self) -> None:
        self._file = self._path.open("w")
        fcntl.flock(self._file, fcntl.LOCK_EX)

    def __exit__(self, *_: object) -> None:
        self._file.close()


def _digest(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def _stamp(folder: Path) -> dict[str, str]:
    try:
        stamp = json.loads((folder / STAMP).read_text())
    except (OSError, ValueError):
        return {}
    return stamp if isinstance(stamp, dict) else {}


def _version(folder: Path) -> str | None:
    """Return the version of the environment's Python, None when it doesn't run."""
    question = "import sys; print('%d.%d' % sys.version_info[:2])"
    try:
        done = subprocess.run([folder / "bin" / "python", "-c", question], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip() if done.returncode == 0 else None


def _is_up_to_date(folder: Path, lock: Path) -> bool:
    stamp = _stamp(folder)
    if stamp.get(lock.name) != _digest(lock):
        return False
    version = _version(folder)
    return version is not None and stamp.get("python") == version


def _make(folder: Path, *, quiet: bool) -> None:
    """Make the environment unless a sound one is there; SetupError when Python lacks the parts."""
    version = _version(folder)
    is_sound = version is not None and (folder / "bin" / "pip").exists()
    if is_sound and _stamp(folder).get("python", version) == version:
        return
    try:
        import ensurepip  # noqa: F401
        import venv  # noqa: F401
    except ImportError:
        name = "python{}.{}-venv".format(*sys.version_info)
        raise SetupError(
            f"the Python at {sys.executable} lacks its 'venv' part. "
            f"On Debian or Ubuntu install it: apt-get install {name}"
        ) from None
    _say(f"Making the virtual environment {folder}", quiet)
    if folder.exists():
        shutil.rmtree(folder)
    _run([sys.executable, "-m", "venv", str(folder)], "making the virtual environment", quiet=True)


def _install(folder: Path, lock: Path, *, quiet: bool) -> None:
    """Install what the lock file names, and note that in the environment."""
    _say(f"Installing the packages of {lock.name}", quiet)
    started = time.monotonic()
    (folder / STAMP).unlink(missing_ok=True)
    command = [str(folder / "bin" / "python"), "-m", "pip", "install", "--require-hashes"]
    command += ["--no-input", "--disable-pip-version-check", "--progress-bar", "off"]
    _run([*command, "-r", str(lock)], "installing packages", quiet=quiet)
    stamp = {"python": _version(folder) or "", lock.name: _digest(lock)}
    if lock.name == LOCKS[1]:
        stamp[LOCKS[0]] = _digest(ROOT / LOCKS[0])
    (folder / STAMP).write_text(json.dumps(stamp))
    _say(f"Installing the packages … {time.monotonic() - started:.1f} s", quiet)


def _run(command: list[str], what: str, *, quiet: bool) -> None:
    """Run a command to its end, counting pip's packages; SetupError with its last lines."""
    # In a session of its own: a Ctrl-C reaches it through us only, and only once.
    process = subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )
    assert process.stdout is not None
    lines: list[str] = []
    try:
        for line in process.stdout:
            lines.append(line.rstrip())
            _count(lines, quiet)
        code = process.wait()
    except BaseException:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        raise
    if code != 0:
        end = "\n".join(f"    {line}" for line in lines[-15:])
        raise SetupError(
            f"{what} ended with exit code {code}:\n{end}\n"
            "What to do: see that this machine reaches a Python package index "
            "(pip's own settings and PIP_… variables are respected), then start again."
        )


def _count(lines: list[str], quiet: bool) -> None:
    collected = sum(line.startswith("Collecting ") for line in lines)
    if lines[-1].startswith("Collecting ") and collected % 10 == 0:
        _say(f"  {collected} packages fetched", quiet)
    elif lines[-1].startswith("Installing collected packages"):
        _say("  unpacking", quiet)


def _say(line: str, quiet: bool) -> None:
    print(line, file=sys.stderr if quiet else sys.stdout, flush=True)


if __name__ == "__main__":
    main()
