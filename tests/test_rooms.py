"""How large rooms and folders may get, so that a reader finds the file by the question."""

from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
ROOMS = (
    *("protocol", "gateways", "fleets", "callbacks", "remotes", "campaigns", "alerts", "connections", "api", "console"),
    *("plots", "simulator", "launcher", "fleetremote"),
)
OTHERS = ("benchmarks", "script")
MOST_FILES = 15
# Written once, by a tool, and not read again.
LEFT_OUT = "migrations"


def files(room: str) -> list[Path]:
    return [path for path in (ROOT / room).rglob("*.py") if LEFT_OUT not in path.parts]


def test_no_folder_holds_more_files_than_a_reader_takes_in_at_a_glance() -> None:
    counted = Counter(path.parent.relative_to(ROOT).as_posix() for room in ROOMS for path in files(room))
    assert {folder: number for folder, number in counted.items() if number > MOST_FILES} == {}


def test_no_room_holds_more_than_a_quarter_of_the_code() -> None:
    lines = {room: sum(len(path.read_text().splitlines()) for path in files(room)) for room in (*ROOMS, *OTHERS)}
    most = sum(lines.values()) / 4
    assert {room: number for room, number in lines.items() if number > most} == {}


def test_each_room_is_known_here() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages - {"tests", "benchmarks"} == {*ROOMS}
