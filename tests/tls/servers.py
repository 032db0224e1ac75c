"""Servers on loopback that answer each connection as a test says, over TLS or in the clear."""

import socket
import ssl
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread

from tests.tls.authority import Issued, pem_of

# Gets what was asked, up to the empty line; gives the answer, or nothing to cut the connection.
Answering = Callable[[bytes], bytes]
PATIENCE = 10.0


def answer(status: int = 200, body: str | bytes = b"", **headers: str) -> bytes:
    """An HTTP answer; underscores in the names of headers are hyphens."""
    content = body if isinstance(body, bytes) else body.encode()
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    fields = {"Content-Length": str(len(content)), **given}
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} \r\n{head}\r\n".encode() + content


def server_context(
    issued: Issued,
    *,
    client_ca: str = "",
    optional: bool = False,
    alone: bool = False,
    version: ssl.TLSVersion | None = None,
    ciphers: str = "",
    crl: str = "",
    later: bool = False,
) -> ssl.SSLContext:
    """TLS with that certificate. `client_ca` in PEM: a certificate of its is wanted, or only asked for where that is
    `optional`. `alone`: the chain is not sent. `version`: only that one. `later`: our certificate is wanted when the
    request has been read.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if ciphers:
        context.set_ciphers(ciphers)
    if version is not None:
        with warnings.catch_warnings(action="ignore"):
            context.minimum_version = context.maximum_version = version
    with tempfile.TemporaryDirectory() as folder:
        certificate, key = issued.write(Path(folder), "server")
        if alone:
            certificate.write_text(pem_of(issued.certificate))
        context.load_cert_chain(certificate, key)
    if client_ca:
        context.load_verify_locations(cadata=client_ca)
        context.verify_mode = ssl.CERT_OPTIONAL if optional else ssl.CERT_REQUIRED
    context.post_handshake_auth = later
    if crl:
        with tempfile.NamedTemporaryFile("w") as file:
            file.write(crl)
            file.flush()
            context.load_verify_locations(file.name)
        context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
    return context


class Server:
    """Answers each connection once; `asked` are the requests that came."""

    def __init__(self, answering: Answering, context: ssl.SSLContext | None) -> None:
        self.asked: list[bytes] = []
        self._answering, self._context = answering, context
        self._over = Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        Thread(target=self._listen, daemon=True).start()

    @property
    def root(self) -> str:
        return f"{'http' if self._context is None else 'https'}://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._over.set()
        self._listener.close()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                Thread(target=self._serve, args=[connection], daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE)
        with connection, suppress(OSError):
            stream = connection
            if self._context is not None:
                stream = self._context.wrap_socket(connection, server_side=True)
            request = b""
            while b"\r\n\r\n" not in request:
                part = stream.recv(64 * 1024)
                if not part:
                    return
                request += part
            self.asked.append(request)
            if isinstance(stream, ssl.SSLSocket) and stream.context.post_handshake_auth:
                stream.verify_client_post_handshake()
                # It comes with what is read next, which is nothing.
                stream.settimeout(0.2)
                with suppress(TimeoutError):
                    stream.recv(1)
                if stream.getpeercert() is None:
                    return
            stream.sendall(self._answering(request))
            # Closed at once it might be reset, and what was sent lost.
            stream.shutdown(socket.SHUT_WR)
            while connection.recv(64 * 1024):
                pass


@contextmanager
def serving(answering: Answering | bytes, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """A server meanwhile."""
    server = Server(answering if callable(answering) else lambda _: answering, context)
    try:
        yield server
    finally:
        server.close()


@contextmanager
def raw_server(handle: Callable[[socket.socket], None]) -> Iterator[int]:
    """One that does with each connection what it likes, then closes it; gives its port."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.settimeout(PATIENCE)
            handle(connection)

    def listen() -> None:
        with suppress(OSError):
            while True:
                Thread(target=serve, args=[listener.accept()[0]], daemon=True).start()

    Thread(target=listen, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()
