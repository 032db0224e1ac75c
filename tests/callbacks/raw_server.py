"""A subscriber's server below HTTP: it reads a request and then does whatever a test wants with the connection."""

import socket
import threading
from collections.abc import Callable
from contextlib import suppress

Behave = Callable[[socket.socket], object]


def answer(data: bytes) -> Behave:
    """Send these bytes and close."""
    return lambda link: link.sendall(data)


class RawServer:
    """Listens at a port of 127.0.0.1, with a thread for each connection; `requests` are the heads that came."""

    def __init__(self, behave: Behave) -> None:
        self.behave = behave
        self.requests: list[bytes] = []
        self.closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/hook"
        self._threads = [threading.Thread(target=self._listen)]
        self._threads[0].start()

    def close(self) -> None:
        self.closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for thread in self._threads:
            thread.join(10)

    def _listen(self) -> None:
        while True:
            try:
                link, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=[link])
            self._threads.append(thread)
            thread.start()

    def _serve(self, link: socket.socket) -> None:
        # The other side may have hung up at any moment.
        with link, suppress(OSError):
            self.requests.append(_read_request(link))
            self.behave(link)
            link.shutdown(socket.SHUT_RDWR)


def _read_request(link: socket.socket) -> bytes:
    """The head; the body is read and dropped."""
    data = b""
    while b"\r\n\r\n" not in data:
        data += link.recv(65_536)
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length")
    )
    while len(body) < length:
        body += link.recv(65_536)
    return head
