"""The files that docker-compose.yml takes its secrets from: `script/secrets` makes those that are missing.

What an .env of before holds is taken over. Only who may enter the folder reads the files on this machine; Compose
mounts each by itself, and the container's user has to read it, so the files are readable by all.

Standard library only: it runs before anything is installed.
"""

import argparse
import os
import re
import secrets
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from launcher.environment import ROOT, SECRETS

_OPTIONAL: dict[str, Callable[[], str]] = {"EMAIL_URL": str, "SECRET_KEY_FALLBACKS": str}
FILES: dict[str, Callable[[], str]] = {
    **SECRETS,
    "POSTGRES_PASSWORD": lambda: secrets.token_urlsafe(32),
    **_OPTIONAL,
}
"""How each is made; a file is called as the variable is, in small letters. No e-mail server, and no former key,
is an empty file."""


def make(folder: Path, before: Mapping[str, str]) -> list[str]:
    """Make the files that are missing, of what was set `before` where it was; the names of those made."""
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    made = [name for name in FILES if _written(folder / name.lower(), before.get(name) or FILES[name]())]
    for name in FILES:
        (folder / name.lower()).chmod(0o644)
    return made


def _written(path: Path, text: str) -> bool:
    """Whether it was not there yet. What is there is never written over: lost keys are lost secrets."""
    if path.exists():
        return False
    draft = path.with_name(f".{path.name}.new")
    draft.unlink(missing_ok=True)
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.rename(path)
    return True


def read_env(text: str) -> dict[str, str]:
    """The variables of an .env file, as Compose reads them but for what it would fill in."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        match = re.fullmatch(r"\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*", line)
        if match is not None:
            name, value = match.groups()
            quoted = re.fullmatch(r"""(["'])(.*)\1(?:\s+#.*)?""", value)
            found[name] = quoted[2] if quoted else re.sub(r"(^|\s+)#.*$", "", value)
    return found


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="script/secrets", description="Makes the files of secrets for Compose.")
    parser.add_argument("--folder", type=Path, default=ROOT / "secrets", help="where (secrets)")
    folder: Path = parser.parse_args(argv).folder
    env = ROOT / ".env"
    before = read_env(env.read_text(encoding="utf-8")) if env.exists() else {}
    made = make(folder, before)
    taken = [name for name in made if before.get(name)]
    print(f"Made in {folder}: {', '.join(name.lower() for name in made)}." if made else f"{folder} has all of them.")
    if taken:
        print(f"Taken over from .env, where they can go now: {', '.join(taken)}.")
    print("Keep a copy in a safe place: what is stored encrypted is lost with field_keys.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
