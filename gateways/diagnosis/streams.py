"""Connections whose every wait ends at a deadline: over TCP, and TLS over any of them.

All of them raise TimeoutError at the deadline, and OSError where the connection breaks.
"""

import io
import socket
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

_CHUNK = 16 * 1024
_BEGINNING = 64
_Result = TypeVar("_Result")

# Kinds of TLS messages (RFC 5246, 7.4; RFC 8446, 4).
_ALERT, _HANDSHAKE = 21, 22
_NEW_SESSION_TICKET, _CERTIFICATE, _CERTIFICATE_REQUEST = 4, 11, 13


class Deadline:
    """A moment so many seconds from now."""

    def __init__(self, seconds: float) -> None:
        self._at = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds until then. Raises TimeoutError when none are left."""
        left = self._at - time.monotonic()
        if left <= 0:
            raise TimeoutError("It took too long.")
        return left


class Stream(Protocol):
    """Bytes there and back."""

    def send(self, data: bytes, deadline: Deadline) -> None: ...

    def receive(self, deadline: Deadline) -> bytes:
        """What comes next, at least a byte; nothing at the end."""

    def close(self) -> None: ...


class Tcp:
    """A connected socket. `beginning` are the first bytes that came."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self.beginning = b""

    def send(self, data: bytes, deadline: Deadline) -> None:
        self._sock.settimeout(deadline.left())
        self._sock.sendall(data)

    def receive(self, deadline: Deadline) -> bytes:
        self._sock.settimeout(deadline.left())
        data = self._sock.recv(_CHUNK)
        if len(self.beginning) < _BEGINNING:
            self.beginning += data[:_BEGINNING]
        return data

    def close(self) -> None:
        self._sock.close()


@dataclass
class Seen:
    """What the other side has sent of a TLS connection's messages.

    `certificates` in DER, its own first, in the order in which they came; `wants_ours`: it asks for our certificate;
    `has_ticket`: it has given a ticket, so it was content with what we sent; `alert`: the number of its alert.
    """

    certificates: list[bytes] = field(default_factory=list)
    wants_ours: bool = False
    has_ticket: bool = False
    alert: int | None = None

    def note(self, kind: int, message: int, data: bytes, is_13: bool) -> None:
        if kind == _ALERT and len(data) == 2 and data[1] != 0:
            self.alert = data[1]
        if kind == _HANDSHAKE and message == _CERTIFICATE and not self.certificates:
            self.certificates = certificates_in(data, is_13)
        if kind == _HANDSHAKE and message == _CERTIFICATE_REQUEST:
            self.wants_ours = True
        if kind == _HANDSHAKE and message == _NEW_SESSION_TICKET:
            self.has_ticket = True


class Tls:
    """TLS over another stream; `shake_hands` comes first. Raises ssl.SSLError, too, which is an OSError."""

    def __init__(self, below: Stream, context: ssl.SSLContext, host: str) -> None:
        self.seen = Seen()
        self._below = below
        self._in, self._out = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._ahead = b""
        # OpenSSL tells of each message in no other way: not which certificates came where they are not trusted, and not
        # whether ours is wanted. It is for this test's connections only.
        context._msg_callback = self._note  # type: ignore[attr-defined]
        self._tls = context.wrap_bio(self._in, self._out, server_hostname=host)

    @property
    def version(self) -> str:
        """As TLSv1.3."""
        return self._tls.version() or ""

    def shake_hands(self, deadline: Deadline) -> None:
        self._done(self._tls.do_handshake, deadline)

    def settle(self, seconds: float) -> None:
        """Wait that long for what the other side says of our certificate: in TLS 1.3 only after the handshake."""
        deadline = Deadline(seconds)
        while not self.seen.has_ticket and not self._ahead:
            try:
                self._ahead = self._read(deadline)
            except TimeoutError:
                return
            if not self._ahead:
                raise ConnectionResetError("It was closed.")

    def send(self, data: bytes, deadline: Deadline) -> None:
        # All of it at once: it is written to memory first.
        self._done(lambda: self._tls.write(data), deadline)

    def receive(self, deadline: Deadline) -> bytes:
        ahead, self._ahead = self._ahead, b""
        return ahead or self._read(deadline, to_the_end=True)

    def close(self) -> None:
        self._below.close()

    def _read(self, deadline: Deadline, to_the_end: bool = False) -> bytes:
        try:
            return self._done(lambda: self._tls.read(_CHUNK), deadline, until_ticket=not to_the_end)
        except ssl.SSLZeroReturnError:
            return b""

    def _done(self, call: Callable[[], _Result], deadline: Deadline, until_ticket: bool = False) -> _Result:
        while True:
            try:
                result = call()
            except ssl.SSLWantReadError:
                self._flush(deadline)
                if until_ticket and self.seen.has_ticket:
                    raise TimeoutError from None
                self._feed(deadline)
            except ssl.SSLError:
                # Our alert, that the other side may log why.
                self._flush(deadline)
                raise
            else:
                self._flush(deadline)
                return result

    def _feed(self, deadline: Deadline) -> None:
        data = self._below.receive(deadline)
        if data:
            self._in.write(data)
        else:
            self._in.write_eof()

    def _flush(self, deadline: Deadline) -> None:
        if data := self._out.read():
            self._below.send(data, deadline)

    def _note(self, _tls: Any, direction: str, version: int, kind: int, message: int, data: bytes) -> None:
        if direction == "read":
            self.seen.note(kind, message, data, version == ssl.TLSVersion.TLSv1_3)


class Reader(io.RawIOBase):
    """A stream to read from until a deadline, as files are read."""

    def __init__(self, stream: Stream, deadline: Deadline) -> None:
        super().__init__()
        self._stream, self._deadline, self._ahead = stream, deadline, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._ahead or self._stream.receive(self._deadline)
        count = min(len(buffer), len(data))
        buffer[:count], self._ahead = data[:count], data[count:]
        return count


def certificates_in(message: bytes, is_13: bool) -> list[bytes]:
    """The certificates of a Certificate message (RFC 5246, 7.4.2; RFC 8446, 4.4.2), as far as it can be read."""
    at = 4
    if is_13:
        at += 1 + message[at] if at < len(message) else 0
    at += 3
    found = []
    while at + 3 <= len(message):
        size = int.from_bytes(message[at : at + 3], "big")
        found.append(message[at + 3 : at + 3 + size])
        at += 3 + size
        if is_13:
            at += 2 + int.from_bytes(message[at : at + 2], "big")
    return found
