"""Two copies side by side, and one that moves to another port: everything registers itself anew."""

from pathlib import Path

from launcher.probes import free_port
from tests.running import Running, running_server
from tests.server import Server

HONK = {"horn": {"state": "Activated"}}


def test_a_copy_beside_another_moves_to_other_ports(running: Running, tmp_path: Path) -> None:
    server = Server(tmp_path / "home", free_port(None))
    with running_server(server) as beside:
        assert beside.environment["SIMULATOR_URL"] != running.environment["SIMULATOR_URL"]
        for one in (running, beside):
            assert one.final(one.send(one.vehicles("awake")[0], HONK)) == ("Success", None)
        old = beside.demo["web"]["url"]
    server.environment |= {"PORT": str(free_port(None))}
    server.url = f"http://127.0.0.1:{server.environment['PORT']}/"
    with running_server(server) as moved:
        assert moved.demo["web"]["url"] != old
        assert moved.demo["fleets"] == beside.demo["fleets"]
        path = moved.send(moved.vehicles("awake")[0], HONK)
        assert moved.final(path, seconds=20) == ("Success", None)
        # Notified at the new address, not found out by asking after a while.
        assert "SentToVehicle" in moved.events(path)
