"""A hand on a page: what it presses and types is counted, by the rule in docs/tasks.md."""

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Locator, Page

TASKS = Path(__file__).resolve().parents[2] / "docs" / "tasks.md"
# | 2 | Unlock a car | 1 + 1 | 1 + 1 | … |
_ROW = re.compile(
    r"^\| (?P<number>\d+) \| (?P<task>[^|]+) \| (?P<before>[^|]+) \| (?P<now>\d+ \+ \d+) \|", re.MULTILINE
)


def told() -> dict[str, str]:
    """What the docs say of each task now: clicks + typed fields."""
    return {row["task"]: row["now"] for row in _ROW.finditer(TASKS.read_text())}


@dataclass
class Hand:
    """It waits for what it presses; looking, scrolling and waiting cost nothing."""

    page: Page
    clicks: int = field(default=0, init=False)
    typed: int = field(default=0, init=False)

    @property
    def counted(self) -> str:
        return f"{self.clicks} + {self.typed}"

    def press(self, place: Locator) -> None:
        """A button, a link, a menu, a box or what is on a map."""
        self.clicks += 1
        place.click()

    def draw_round(self, board: Locator) -> None:
        """An area of a map, all but its edge, with Shift held: one drag."""
        self.clicks += 1
        box, mouse = board.bounding_box(), self.page.mouse
        assert box is not None
        mouse.move(box["x"] + 5, box["y"] + 5)
        self.page.keyboard.down("Shift")
        mouse.down()
        mouse.move(box["x"] + box["width"] - 5, box["y"] + box["height"] - 5, steps=4)
        mouse.up()
        self.page.keyboard.up("Shift")

    def type(self, place: Locator, words: str, end: str = "") -> None:
        """Into a field; the key that ends it, such as Enter, belongs to it."""
        self.typed += 1
        place.fill(words)
        if end:
            place.press(end)

    def find(self, words: str) -> None:
        """By the box in the head of every page: where one vehicle is called so, its page opens."""
        self.type(self.page.get_by_role("combobox", name="Search all vehicles"), words, "Enter")
        self.page.wait_for_url("**/vehicles/*")
