"""Questions whether something answers already."""

import http.client
import socket
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from launcher.errors import LaunchError


def answers(url: str) -> Callable[[], bool]:
    """Return a probe: whether GET `url` gives 200 within two seconds."""
    address = urlsplit(url)

    def probe() -> bool:
        link = http.client.HTTPConnection(address.hostname or "", address.port, timeout=2)
        try:
            link.request("GET", address.path or "/")
            return link.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            link.close()

    return probe


def exists(path: Path) -> Callable[[], bool]:
    """Return a probe: whether the file is there."""
    return path.exists


def check_port_is_free(host: str, port: int) -> None:
    """Raise LaunchError when we couldn't listen on `port`."""
    try:
        _try_to_listen(host, port)
    except OSError as error:
        raise LaunchError(
            f"Port {port} on {host} can't be used: {error.strerror or error}. Another program may "
            f"listen there already. Stop it, or choose another port: PORT={_other(port)} "
            "script/server"
        ) from error


def free_port(preferred: int | None) -> int:
    """Return `preferred` when nobody listens there on 127.0.0.1, else any free port."""
    if preferred is not None:
        try:
            return _try_to_listen("127.0.0.1", preferred)
        except OSError:
            pass
    return _try_to_listen("127.0.0.1", 0)


def _try_to_listen(host: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do, so that connections of an earlier start that are still closing don't count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        probe.listen(1)
        return int(probe.getsockname()[1])


def _other(port: int) -> int:
    return port + 1 if port < 65535 else port - 1
