"""Runs lint, then pytest, with a browser when one can be had."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
)
# Many tests wait most of the time. Later arguments win: `script/test -n 0 --pdb` runs all in one process.
SIDE_BY_SIDE = ("--numprocesses", "3", "--dist", "loadscope", "--no-loadscope-reorder")


def main(arguments: list[str]) -> int:
    """Return pytest's exit code, or lint's when only lint failed."""
    environment = dict(os.environ)
    if "--long" in arguments:
        arguments = [word for word in arguments if word != "--long"]
        environment["FLEETREMOTE_TEST_LONG"] = "1"
    if browser := find_browser() or install_browser():
        environment["FLEETREMOTE_CHROMIUM"] = browser
    else:
        print(
            "No Chromium was found, so the tests in a browser are SKIPPED. To run them install "
            "Chromium or Chrome so that it is on PATH, or name it in FLEETREMOTE_CHROMIUM.",
            flush=True,
        )
    lint = subprocess.run([sys.executable, "script/run_lint.py"], cwd=ROOT).returncode
    pytest = [sys.executable, "-m", "pytest", *SIDE_BY_SIDE, *arguments]
    tests = subprocess.run(pytest, cwd=ROOT, env=environment).returncode
    if lint:
        print("Lint failed as well: see the lines above the tests.", file=sys.stderr, flush=True)
    return tests or lint


def find_browser() -> str | None:
    """Return the path of a Chromium or Chrome; None when there is none."""
    named = os.environ.get("FLEETREMOTE_CHROMIUM")
    if named:
        return named
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def install_browser() -> str | None:
    """Install Debian's Chromium where we may; return its path, None when that didn't work."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    print("Installing Debian's chromium for the tests in a browser", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", "chromium"]):
        done = subprocess.run(["apt-get", *words], env=quiet, capture_output=True, text=True)
        if done.returncode != 0:
            print(f"apt-get {words[0]} failed: {done.stderr.strip()[-500:]}", flush=True)
    return find_browser()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
