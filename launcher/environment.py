"""What the caller's environment asks for, and the environment that all our processes get."""

import base64
import os
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from launcher.errors import LaunchError
from launcher.files import read_json, write_private_json

ROOT = Path(__file__).resolve().parent.parent
"""The checkout."""

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 (compared with, not bound to)
LOOPBACK = "127.0.0.0/8,::1/128"

SECRETS: dict[str, Callable[[], str]] = {
    "SECRET_KEY": lambda: secrets.token_urlsafe(50),
    "FIELD_KEYS": lambda: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode(),
    "RECEIVER_SECRET": lambda: "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode(),
}
"""How each is made: Django's key, the Fernet key of stored secrets, what signs for the demo's receiver."""


@dataclass(frozen=True)
class Wishes:
    """The variables that `script/server` understands, checked."""

    home: Path
    host: str
    port: int
    public_url: str
    simulator_speed: float
    web_workers: int
    database_url: str | None
    redis_url: str | None

    @property
    def local_url(self) -> str:
        """Where a browser on this machine finds us, without a slash at the end."""
        host = "127.0.0.1" if self.host in EVERYWHERE else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def browser_url(self) -> str:
        """Where people log in: by https, cookies go nowhere but to PUBLIC_URL."""
        return self.public_url if self.public_url.startswith("https:") else self.local_url


@dataclass(frozen=True)
class Addresses:
    """Where the demo's simulator and receiver are, without a slash at the end; empty without the demo."""

    simulator: str = ""
    receiver: str = ""


def read_wishes(environ: Mapping[str, str]) -> Wishes:
    """Read and check the caller's environment; LaunchError names the variable that is wrong."""
    port = _whole_number(environ, "PORT", 8000, most=65535)
    wishes = Wishes(
        home=home_folder(environ),
        host=environ.get("HOST") or "127.0.0.1",
        port=port,
        public_url=(environ.get("PUBLIC_URL") or f"http://127.0.0.1:{port}").rstrip("/"),
        simulator_speed=_speed(environ),
        web_workers=_whole_number(environ, "WEB_WORKERS", 2, most=64),
        database_url=environ.get("DATABASE_URL") or None,
        redis_url=environ.get("REDIS_URL") or None,
    )
    address = urlsplit(wishes.public_url)
    if address.scheme not in ("http", "https") or not address.hostname:
        raise LaunchError(f"PUBLIC_URL must be a whole http address, not '{wishes.public_url}'.")
    return wishes


def home_folder(environ: Mapping[str, str]) -> Path:
    """Return FLEETREMOTE_HOME as an absolute path; by default `.fleetremote` in the checkout."""
    named = environ.get("FLEETREMOTE_HOME")
    return Path(named).expanduser().resolve() if named else ROOT / ".fleetremote"


def make_home(home: Path) -> None:
    """Make the folder for our data; LaunchError when it can't be written.

    Root's may be passed through by others, since PostgreSQL's account has to; every file in it
    that is nobody's business has its own mode.
    """
    try:
        home.mkdir(mode=0o711 if os.geteuid() == 0 else 0o700, parents=True, exist_ok=True)
        for name in ("run", "log", "mail"):
            (home / name).mkdir(mode=0o700, exist_ok=True)
    except OSError as error:
        raise LaunchError(
            f"FleetRemote can't make its data folder {home}: {error.strerror}. "
            "Set FLEETREMOTE_HOME to a folder that you may write to."
        ) from error
    if not os.access(home, os.W_OK) or not os.access(home / "run", os.W_OK):
        raise LaunchError(
            f"FleetRemote may not write to its data folder {home}; it may belong to another user. "
            "Set FLEETREMOTE_HOME to a folder that you may write to."
        )


def child_environment(wishes: Wishes, *, database_url: str, redis_url: str, addresses: Addresses) -> dict[str, str]:
    """Return the variables that all our processes get, beside the caller's own."""
    demo = {"SIMULATOR_URL": addresses.simulator, "RECEIVER_URL": addresses.receiver} if addresses.simulator else {}
    return {
        "DJANGO_SETTINGS_MODULE": "fleetremote.settings",
        "FLEETREMOTE_HOME": str(wishes.home),
        "DATABASE_URL": database_url,
        "REDIS_URL": redis_url,
        "PUBLIC_URL": wishes.public_url,
        "ALLOWED_HOSTS": os.environ.get("ALLOWED_HOSTS") or _allowed_hosts(wishes),
        "SIMULATOR_SPEED": f"{wishes.simulator_speed:g}",
        **demo,
        # With the demo so that callbacks may reach the receiver.
        "CALLBACK_ALLOWED_NETWORKS": os.environ.get("CALLBACK_ALLOWED_NETWORKS", LOOPBACK if demo else ""),
        **kept_secrets(wishes.home),
    }


def kept_secrets(home: Path) -> dict[str, str]:
    """Return SECRET_KEY, FIELD_KEYS and RECEIVER_SECRET from `home/secrets.json`, made at the first call.

    The caller's own go before, and where NAME_FILE names the file of one it is left to that.
    """
    path = home / "secrets.json"
    kept = read_json(path)
    missing = [name for name in SECRETS if name not in kept]
    if missing:
        kept |= {name: SECRETS[name]() for name in missing}
        write_private_json(path, kept)
    own = {name: str(kept[name]) for name in SECRETS if f"{name}_FILE" not in os.environ}
    return own | {name: os.environ[name] for name in SECRETS if os.environ.get(name)}


def write_environment(home: Path, variables: Mapping[str, str]) -> None:
    """Keep the variables for `script/manage`."""
    write_private_json(home / "environment.json", dict(variables))


def read_environment(home: Path) -> dict[str, str]:
    """Return the variables of the last start; empty when there was none."""
    return {name: str(value) for name, value in read_json(home / "environment.json").items()}


def _allowed_hosts(wishes: Wishes) -> str:
    hosts = ["127.0.0.1", "localhost", "[::1]", urlsplit(wishes.public_url).hostname or ""]
    # Whoever listens on every address is asked for under names that we can't know.
    hosts.append("*" if wishes.host in EVERYWHERE else wishes.host)
    return ",".join(dict.fromkeys(host for host in hosts if host))


def _whole_number(environ: Mapping[str, str], name: str, default: int, *, most: int) -> int:
    text = environ.get(name) or str(default)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise LaunchError(f"{name} must be a whole number from 1 to {most}, not '{text}'.")
    return int(text)


def _speed(environ: Mapping[str, str]) -> float:
    text = environ.get("SIMULATOR_SPEED") or "1"
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0.01 <= speed <= 100_000:
        raise LaunchError(f"SIMULATOR_SPEED must be a number from 0.01 to 100000, not '{text}'.")
    return speed
