"""What the kernel is told of connections: those that come in have it from the socket that listens."""

import asyncio
import socket

from fleetremote.front import sockets


def test_a_connection_has_the_bounds_of_the_socket_that_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        asyncio.run(sockets._bound())
        with socket.create_connection(listening.getsockname()):
            connection, _ = listening.accept()
            with connection:
                waits = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT)
                assert waits == sockets.UNREAD_SECONDS * 1000
                # The kernel counts its own work, too.
                assert connection.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) == 2 * sockets.WAITING_BYTES
        # It is as open as before.
        assert listening.fileno() > 0
