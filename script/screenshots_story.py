"""A day of the demo's fleets, so that the pages have something to show: the fleet manager and the cloud make it."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import requests
from screenshots_manager import Manager

from simulator.world import CLIENT_ID, PASSWORD, USER, demo_world

WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri"]
ZONE = "Europe/Paris"

# What each kind of vehicle is asked for; most of these fail, each for another cause.
ASKED = {
    "awake": ["honk", "lights-on", "lights-off", "start-charging", "stop-charging", "unlock", "lock", "find"],
    "asleep": ["unlock", "honk", "lights-on", "lock"],
    "unreachable": ["unlock"],
    "deep-sleep": ["find"],
    "privacy-full": ["lock"],
    "in-use": ["unlock"],
    "doors-open": ["lock"],
    "low-battery": ["start-climate"],
    "unsubscribed": ["unlock"],
    "stolen": ["unlock"],
    "quota-spent": ["lock"],
}

# What another service asks for.
BY_SERVICE = [
    {"label": "Booking 4711 begins", "door": {"state": "Unlocked"}},
    {"label": "Customer looks for it", "horn": {"state": "Activated"}},
    {"label": "Booking 4711 has ended", "door": {"state": "Locked"}},
]

# What makes no rule weaker, which would wait for a second person.
_AS_EVER: dict[str, Any] = {
    "moving_minutes": 10,
    "approval_minutes": 15,
    **{f"approval__{name}": "on" for name in ("Immobilization", "Stolen", "Tan", "OnboardPersonalData")},
}


class Story:
    """`ids` are those of the addresses that `screenshots_pages` shows; `take` pictures what is so only for a while."""

    def __init__(self, manager: Manager, demo: dict[str, Any], simulator: str, take: Callable[[str], None]) -> None:
        self._manager, self._demo, self._simulator, self._take = manager, demo, simulator, take
        lyon, nantes = demo["fleets"]
        self._lyon, self._nantes = f"/fleets/{lyon['id']}", f"/fleets/{nantes['id']}"
        self._vehicles = {vehicle["profile"]: vehicle["id"] for vehicle in lyon["vehicles"]}
        thermic = next(vehicle["id"] for vehicle in nantes["vehicles"] if "Jumpy" in vehicle["label"])
        self.ids = {"lyon": lyon["id"], "nantes": nantes["id"], "thermic": thermic}
        self.ids |= {name.replace("-", "_"): public_id for name, public_id in self._vehicles.items()}

    def tell(self) -> None:
        """All that stays; what is to be seen for a while only is pictured on the way."""
        self._lay_down_rules()
        self._save_what_is_often_used()
        self._check_the_connection()
        self._check_labels()
        self._start_bulk()
        self._ask_vehicles()
        self._set_up_callbacks()
        self._fail_dangerously()
        self._ask_past_us()
        self._leave_unknown()
        self._wait_for_approval()

    def end(self) -> None:
        """The demo is as usable as before: nothing waits, nothing is stopped, and no rule is in the way."""
        awake = self._vehicle("awake")
        self._manager.post(f"{awake}/actions/{self.ids['waiting']}/cancel")
        self._set_rules(wake_ups_a_month="", wake_reserve=0)
        self._stop_sending()

    def _vehicle(self, profile: str) -> str:
        return f"{self._lyon}/vehicles/{self._vehicles[profile]}"

    def _set_rules(self, **fields: Any) -> None:
        given = {**_AS_EVER, "time_zone": ZONE, **fields}
        self._manager.post(f"{self._lyon}/sending/rules", **given)

    def _lay_down_rules(self) -> None:
        self._set_rules(wake_ups_a_month="", wake_reserve=0)
        usual = {**_AS_EVER, "time_zone": ZONE, "wake_ups_a_month": 30, "wake_reserve": 5}
        self._manager.post(f"{self._nantes}/sending/rules", **usual)

    def _save_what_is_often_used(self) -> None:
        """A view, a command, a place and two schedules; those of an earlier run are taken as they are."""
        manager, lyon = self._manager, self._lyon
        if "Failed lately" not in manager.get(lyon):
            manager.post(f"{lyon}/views/new?outcome=failed", name="Failed lately", shared="on")
        if "Two honks" not in manager.get(f"{lyon}/commands"):
            manager.post(f"{lyon}/commands/new?type=Horn", save="yes", name="Two honks", way="sound", number=2)
        if "Warm at seven" not in manager.get(f"{lyon}/schedules"):
            self._make_schedule("Warm at seven", "start-climate", "06:45", range(5))
            self._make_schedule("Locked at night", "lock", "21:00", range(7))
        if "Depot Lyon" not in manager.get(f"{lyon}/places"):
            manager.post(f"{lyon}/places/new", name="Depot Lyon", where="45.7331, 4.8324")
        self.ids["place"] = _found(r"/places/([\w-]+)/rename", manager.get(f"{lyon}/places"))
        self.ids["view"] = _found(r'view=([\w-]+)"[^>]*>\s*Failed lately', manager.get(lyon))
        self.ids["command"] = _found(r"/commands/([\w-]+)/rename", manager.get(f"{lyon}/commands"))
        self.ids["client"] = _found(r'/clients/([\w-]+)"[^>]*>\s*Demo service', manager.get(f"{lyon}/clients"))
        self.ids["secret"] = _found(r"/passwords/(\d+)/end", manager.get(f"/clients/{self.ids['client']}"))
        self.ids["schedule"] = _found(r'/schedules/([\w-]+)"[^>]*>Warm at seven', manager.get(f"{lyon}/schedules"))

    def _make_schedule(self, name: str, command: str, at: str, days: range) -> None:
        fields = {"name": name, "whom": "all", "command": command, "rhythm": "weekly", "days": list(days), "time": at}
        self._manager.post(f"{self._lyon}/schedules/new", save="yes", missed="skip", **fields)

    def _check_the_connection(self) -> None:
        """All steps but the command to a vehicle."""
        listed = self._manager.get("/connections/")
        if (first := re.search(r"/connections/gateways/(\d+)\"", listed)) is not None:
            path = urlsplit(self._manager.post(f"/connections/gateways/{first[1]}").url).path
        else:
            path = _found(r'<a href="(/connections/[0-9a-f]{10,})"', listed)
            self._manager.post(f"{path}/check")
        page = self._manager.wait(path, lambda html: 'data-state="running"' not in html)
        self.ids |= {"connection": _last(path), "gateway": _found(r"/connections/gateways/(\d+)/left-out", page)}

    def _check_labels(self) -> None:
        """Two vehicles get plates by a file, which is looked at and not taken."""
        vins = re.findall(r"^([A-HJ-NPR-Z0-9]{17}),", self._manager.get(f"{self._lyon}/labels.csv"), re.MULTILINE)
        lines = ["VIN,Plate", f"{vins[0]},AB-123-CD", f"{vins[1]},EF-456-GH", "VF3UNKNOWN0000001,IJ-789-KL"]
        path = self._manager.upload(f"{self._lyon}/labels", "file", "plates.csv", "\n".join(lines).encode())
        self.ids["labels"] = _last(path)

    def _start_bulk(self) -> None:
        """It goes on while the story does."""
        path = self._check_vehicles(self._nantes, "lights-on")
        self.ids["bulk"] = _last(path)
        self._manager.post(f"{path}/start")
        self._manager.wait(path, lambda html: 'data-state="running"' in html)
        self._take("bulk-running")

    def _check_vehicles(self, fleet: str, command: str) -> str:
        """The path of a bulk command for all vehicles of a fleet, which has not started."""
        care = {"canary_size": 5, "canary_share": 80, "pace": 60, "abort_share": 50, "all": "yes", "view": ""}
        made = self._manager.post(f"{fleet}/bulk/new", check="yes", command=command, **care)
        return urlsplit(made.url).path

    def _ask_vehicles(self) -> None:
        programs = {"way": "programs", "slot1__action": "Set", "slot1__start": "07:30", "slot1__days": WEEKDAYS}
        self._manager.form(
            self._vehicle("awake"), "Preconditioning", slot1__recurrence="Daily", slot1__enabled="on", **programs
        )
        asked = {
            (profile, name): self._manager.command(self._vehicle(profile), name)
            for profile, names in ASKED.items()
            for name in names
        }
        self.ids |= {"done": asked["asleep", "unlock"], "refused": asked["doors-open", "lock"]}
        self.ids["failed"] = asked["unreachable", "unlock"]
        for profile in ASKED:
            self._manager.wait_for_ends(self._vehicle(profile))
        self.ids["member"] = _found(r"/people/(\d+)\"", self._manager.get(f"{self._lyon}/people"))
        self.ids["person"] = _found(r"/people/(\d+)\"", self._manager.get("/people"))
        self.ids["entry"] = _found(r"/audit/(\d+)", self._manager.get(f"{self._lyon}/audit?kind=asked"))
        for profile in ("awake", "asleep"):
            self._manager.command(self._vehicle(profile), "refresh")
            self._manager.wait_for_ends(self._vehicle(profile))

    def _set_up_callbacks(self) -> None:
        """The demo's own, with a test; one that can't be reached; and a webhook for alerts."""
        manager, callbacks = self._manager, f"{self._lyon}/callbacks"
        listed = manager.get(callbacks)
        self.ids["callback"] = _found(r'/callbacks/([\w-]+)"[^>]*>\s*Demo receiver', listed)
        if "Workshop planner" not in listed:
            self._make_failing_callback()
        for body in BY_SERVICE:
            self._ask_by_service("awake", body)
        self.ids["batch"] = self._send_test(self.ids["callback"])
        if "On-call phone" not in manager.get(f"{self._lyon}/alerts"):
            receiver = _found(r"(http://[^/\s]+)/hook", manager.get(f"{callbacks}/{self.ids['callback']}"))
            fields = {"name": "On-call phone", "target": f"{receiver}/on-call"}
            kinds = ["dangerous-action", "gateway-down", "callback-failed"]
            manager.post(f"{self._lyon}/alerts/webhooks/new", kinds=kinds, **fields)
        self.ids["webhook"] = _found(r"/webhooks/([\w-]+)/edit", manager.get(f"{self._lyon}/alerts"))

    def _make_failing_callback(self) -> None:
        fields = {"name": "Workshop planner", "target": "https://planner.example.com/fleet"}
        made = self._manager.post(f"{self._lyon}/callbacks/new", policy="None", batches="each", **fields)
        for _ in range(5):
            self._send_test(_last(urlsplit(made.url).path))

    def _send_test(self, callback: str) -> str:
        """Send a test notification; gives the id of its page, once it has been tried."""
        sent = urlsplit(self._manager.post(f"{self._lyon}/callbacks/{callback}/test").url).path
        self._manager.wait(sent, lambda html: 'id="try-' in html)
        return _last(sent)

    def _fail_dangerously(self) -> None:
        """It raises an alert, which somebody settles. The demo's service is trusted to ask for it alone."""
        self._ask_by_service("low-battery", {"immobilization": {"activate": True}})
        self._manager.wait_for_ends(self._vehicle("low-battery"))
        alerts = self._manager.wait(f"{self._lyon}/alerts", lambda html: "/settle" in html)
        alert = _found(r"/alerts/([\w-]+)/settle", alerts)
        self._manager.post(f"{self._lyon}/alerts/{alert}/settle")

    def _ask_past_us(self) -> None:
        """Another client asks the manufacturer's cloud, which tells us of an action that nobody here knows."""
        fleet = demo_world()[0]
        vehicle = next(vehicle for vehicle in fleet.vehicles if vehicle.profile == "awake")
        v3 = f"/connectedcar/v3/fleets/{fleet.id}"
        listed = self._ask_simulator("GET", f"{v3}/remote/callbacks")
        callback = listed["_embedded"]["callbacks"][0]["id"]
        remotes = f"{v3}/vehicles/{vehicle.id}/callbacks/{callback}/remotes"
        self._ask_simulator("POST", remotes, {"label": "Workshop", "horn": {"state": "Activated"}})
        self._manager.wait(f"{self._lyon}/orphans", lambda html: "<tbody" in html)

    def _leave_unknown(self) -> None:
        """While every answer of the cloud is lost, nobody knows whether the vehicle has honked."""
        vehicle = self._vehicle("asleep")
        self._ask_simulator("PUT", "/simulator/faults", {"cut_after": 1})
        self.ids["unknown"] = self._manager.command(vehicle, "honk")
        self._manager.wait(vehicle, lambda html: "/decide" in html)
        self._take("unknown")
        self._take("decide")
        self._ask_simulator("PUT", "/simulator/faults", {})
        self._manager.wait_for_ends(vehicle)

    def _wait_for_approval(self) -> None:
        """The other service asks for something that needs a manager's word; and of few wake-ups most are spent."""
        # To let an approval take longer needs a second person.
        self._set_rules(wake_ups_a_month=3, wake_reserve=1, approval__VehicleFinder="on", approval_minutes=30)
        self.ids["change"] = _found(r'/approvals/([\w-]+)"', self._manager.get(f"{self._lyon}/approvals"))
        # The demo's service is trusted to do alone what else needs two.
        find = {"label": "Not returned for three days", "vehicleFinder": {"action": "GetPresentLocation"}}
        self.ids["waiting"] = self._ask_by_service("awake", find)
        self.ids["preflight"] = _last(self._check_vehicles(self._lyon, "lights-on"))

    def _ask_by_service(self, profile: str, body: dict[str, Any]) -> str:
        """Over the API, under the demo's callback, which is told of it; gives the id of the action."""
        api = self._demo["api"]
        path = f"{self._lyon}/vehicles/{self._vehicles[profile]}/callbacks/{self.ids['callback']}/remotes"
        login: dict[str, Any] = {"params": {"client_id": api["client_id"]}, "auth": (api["user"], api["password"])}
        asked = requests.post(api["v3"] + path, json=body, timeout=20, **login)
        asked.raise_for_status()
        return str(asked.json()["remoteActionId"])

    def _stop_sending(self) -> None:
        """First of a fleet, then of all; each is allowed again."""
        for place, pictures in ((self._nantes, ["stopped", "lift"]), ("", ["stopped-for-all", "lift-for-all"])):
            self._manager.post(f"{place}/sending/stop", reason="Strange commands: we look into it.")
            if place:
                self._manager.command(f"{place}/vehicles/{self._demo['fleets'][1]['vehicles'][1]['id']}", "honk")
            for picture in pictures:
                self._take(picture)
            self._manager.post(f"{place}/sending/lift", waiting="cancel")

    def _ask_simulator(self, method: str, path: str, body: Any = None) -> Any:
        login: dict[str, Any] = {"params": {"client_id": CLIENT_ID}, "auth": (USER, PASSWORD)}
        answer = requests.request(method, self._simulator + path, json=body, timeout=20, **login)
        answer.raise_for_status()
        return answer.json()


def _last(path: str) -> str:
    return path.rpartition("/")[2]


def _found(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    if found is None:
        raise SystemExit(f"What a page shows does not match {pattern}.")
    return found.group(1)
