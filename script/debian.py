"""Debian's packages for the tests, where we may install them."""

import os
import shutil
import subprocess


def install(package: str) -> bool:
    """Install a package; False, with the reason on the screen, when that didn't work."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    print(f"Installing Debian's {package} for the tests", flush=True)
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", package]):
        done = subprocess.run(["apt-get", *words], env=quiet, capture_output=True, text=True)
        if done.returncode != 0:
            print(f"apt-get {words[0]} failed: {done.stderr.strip()[-500:]}", flush=True)
    return done.returncode == 0
