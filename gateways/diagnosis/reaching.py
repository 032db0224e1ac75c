"""Finds a host and connects to it; says in words why that can't be."""

import errno
import ipaddress
import socket
from threading import Thread
from typing import Any

from gateways.addresses import is_forbidden
from gateways.diagnosis import codes
from gateways.diagnosis.step import Wrong
from gateways.diagnosis.streams import Deadline, Tcp
from protocol.why import Why

# As `socket.getaddrinfo` gives them: where to connect to.
Places = list[tuple[Any, ...]]

_UNKNOWN = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}
_NO_ROUTE = {errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EADDRNOTAVAIL, errno.EHOSTDOWN, errno.ENETDOWN}
# A host may have many addresses.
_MOST_PLACES = 8


def find(host: str, port: int, seconds: float) -> Places:
    """Where the host is, without addresses that no connection may go to. Raises Wrong."""
    found: list[Places | OSError | UnicodeError] = []
    # It can't be interrupted, so that it is left alone when it takes too long.
    thread = Thread(target=_look_up, args=(host, port, found), daemon=True)
    thread.start()
    thread.join(seconds)
    if not found:
        raise Wrong(Why(codes.NAME_SLOW, host=host))
    places = found[0]
    if isinstance(places, socket.gaierror) and places.errno in _UNKNOWN:
        raise Wrong(Why(codes.NAME_UNKNOWN, host=host))
    if not isinstance(places, list):
        raise Wrong(Why(codes.NAME_NO_ANSWER, host=host))
    allowed = [place for place in places if not is_forbidden(str(place[4][0]))]
    if not allowed:
        raise Wrong(Why(codes.NAME_FORBIDDEN, host=host, addresses=addresses(places)))
    return allowed[:_MOST_PLACES]


def is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def addresses(places: Places) -> str:
    return ", ".join(dict.fromkeys(str(place[4][0]) for place in places))


def connect(places: Places, port: int, seconds: float) -> tuple[Tcp, str]:
    """A connection to the first place that takes one, and its address. Raises Wrong with what the first one said."""
    deadline, failures = Deadline(seconds), []
    for number, (family, kind, protocol, _name, place) in enumerate(places):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(deadline.left() / (len(places) - number))
            sock.connect(place)
        except OSError as error:
            sock.close()
            failures.append((str(place[0]), error))
        else:
            return Tcp(sock), str(place[0])
    address, failure = failures[0]
    raise Wrong(_why_not(address, port, failure))


def _look_up(host: str, port: int, found: list[Places | OSError | UnicodeError]) -> None:
    try:
        found.append(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
    except (OSError, UnicodeError) as error:
        found.append(error)


def _why_not(address: str, port: int, error: OSError) -> Why:
    where = {"address": address, "port": str(port)}
    if isinstance(error, ConnectionRefusedError):
        return Why(codes.TCP_REFUSED, **where)
    if isinstance(error, TimeoutError):
        return Why(codes.TCP_SLOW, **where)
    if error.errno in _NO_ROUTE:
        return Why(codes.TCP_NO_ROUTE, **where)
    return Why(codes.TCP_FAILED, **where, words=error.strerror or type(error).__name__)
