"""Draws the icons of the installed app from static/favicon.svg into static/app/, with the browser of the tests.

.venv/bin/python script/make_icons.py /usr/bin/chromium
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

_STATIC = Path(__file__).resolve().parents[1] / "static"
_GROUND = "#0e7c6b"

# The name, its width in pixels, and how much of it the sign takes; below 1 the ground goes to the edge, so that a
# device may cut it to its own form (the safe zone of a maskable icon is a circle of 80 %).
_ICONS = (
    ("icon-192.png", 192, 1.0),
    ("icon-512.png", 512, 1.0),
    ("icon-maskable-512.png", 512, 0.72),
    ("apple-touch-icon.png", 180, 0.86),
)


def main(chromium: str) -> None:
    sign = (_STATIC / "favicon.svg").read_text()
    (_STATIC / "app").mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        for name, width, share in _ICONS:
            page = browser.new_page(viewport={"width": width, "height": width})
            ground = "transparent" if share == 1.0 else _GROUND
            page.set_content(
                f"<style>*{{margin:0}}body{{background:{ground};display:grid;place-items:center;height:100vh}}"
                f"svg{{width:{share * 100}vw;height:{share * 100}vw}}</style>{sign}"
            )
            page.screenshot(path=_STATIC / "app" / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1])
