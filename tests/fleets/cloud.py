"""A manufacturer's cloud that lists fleets and vehicles as a test tells it, over real HTTP."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

ROOT = "/connectedcar/v3"
Json = dict[str, Any]


def listed(number: int, **values: Any) -> Json:
    """A vehicle as the cloud lists it."""
    return {
        "id": f"v{number}",
        "vin": f"VF3ABCDE0FG{number:06}",
        "brand": "Peugeot",
        "motorization": "Electric",
        **values,
    }


class Cloud:
    """`fleets`: vehicles by the fleet's id; its name is `Fleet <id>`. `capabilities`: by the vehicle's id.

    `broken` holds addresses (without root) that are answered 500, and `totals` what a list's `total` says instead.
    `states` are statuses by the vehicle's id, None for a 404; `refused` are answers by address. A fleet's list of
    statuses is there with `lists_states`.
    """

    def __init__(self) -> None:
        self.fleets: dict[Any, list[Json]] = {}
        self.capabilities: dict[str, Json] = {}
        self.states: dict[str, Json | None] = {}
        self.lists_states = False
        self.refused: dict[str, tuple[int, Json]] = {}
        self.broken: set[str] = set()
        self.totals: dict[str, int] = {}
        self.page_size = 60
        self.asked: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_port}{ROOT}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    def close(self) -> None:
        """Stop listening: connections are refused from now on."""
        self._server.shutdown()
        self._server.server_close()

    def answer(self, target: str) -> tuple[int, Json]:
        url = urlsplit(target.removeprefix(ROOT))
        query = parse_qs(url.query)
        page = int(query.get("pageToken", ["1"])[0])
        skipped = int(query.get("indexRange", ["0-"])[0].partition("-")[0])
        self.asked.append(f"{url.path}?{skipped}-" if skipped else url.path)
        if url.path in self.refused:
            return self.refused[url.path]
        if url.path in self.broken or f"{url.path}#{page}" in self.broken:
            return 500, {"message": "out of order"}
        parts = url.path.strip("/").split("/")
        if parts == ["fleets"]:
            fleets = [{"id": fleet_id, "name": f"Fleet {fleet_id}"} for fleet_id in self.fleets]
            return 200, self._page(url.path, "fleets", fleets, page)
        vehicles = next((vehicles for name, vehicles in self.fleets.items() if str(name) == parts[1]), None)
        if vehicles is None:
            return 404, {"code": 40499, "message": "no such fleet"}
        if parts[2:] == ["status"]:
            if not self.lists_states:
                return 404, {"code": 40499, "message": "no such list"}
            # Only those that the list has, and none that has no state.
            found = [self._state(vehicle) for vehicle in vehicles[skipped:]]
            told = [item for item in found if item is not None]
            return 200, self._page(url.path, "status", told, page, f"indexRange={skipped}-&")
        if len(parts) == 3:
            return 200, self._page(url.path, "vehicles", vehicles, page)
        one = next((vehicle for vehicle in vehicles if str(vehicle["id"]) == parts[3]), None)
        if one is None:
            return 404, {"code": 40499, "message": "no such vehicle"}
        if parts[-1] == "status":
            state = self._state(one)
            missing = 404, {"code": 40400, "message": "Not Found: Position not found."}
            return missing if state is None else (200, state)
        return 200, self._with_extension(one, query["extension"])

    def _state(self, vehicle: Json) -> Json | None:
        state = self.states.get(str(vehicle["id"]), {"odometer": {"mileage": 12}})
        return None if state is None else {"vin": vehicle["vin"], **state}

    def _page(self, path: str, name: str, items: list[Json], page: int, more: str = "") -> Json:
        first = (page - 1) * self.page_size
        following = {"next": {"href": f"{ROOT}{path}?{more}pageToken={page + 1}"}}
        return {
            "_links": following if len(items) > first + self.page_size else {},
            "total": self.totals.get(path, len(items)),
            "_embedded": {name: items[first : first + self.page_size]},
        }

    def _with_extension(self, vehicle: Json, asked: list[str]) -> Json:
        assert sorted(asked) == ["branding", "onboardCapabilities"]
        extension: Json = {"branding": {"brand": vehicle.get("brand", "Opel"), "label": "e-208"}}
        if vehicle["id"] in self.capabilities:
            extension["onboardCapabilities"] = self.capabilities[vehicle["id"]]
        return {**vehicle, "_embedded": {"extension": extension}}

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        cloud = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                status, document = cloud.answer(self.path)
                data = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *args: Any) -> None:
                pass

        return Handler
