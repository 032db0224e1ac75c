"""How the web server is started: one list of options, wherever that is done, and files enough for its connections."""

import json
import re
import resource
import subprocess
import sys
from itertools import pairwise

from launcher.container import web
from launcher.environment import ROOT

SAY = "import json, resource; from launcher.container.web import open_files; soft = open_files();"
SAY += "print(json.dumps([soft, *resource.getrlimit(resource.RLIMIT_NOFILE)]))"


def files_of(soft: int, hard: int) -> list[int]:
    """What a process with these limits comes to: what it counts on, and its limits then."""
    done = subprocess.run(
        [sys.executable, "-c", SAY],
        cwd=ROOT,
        capture_output=True,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard)),
    )
    found: list[int] = json.loads(done.stdout)
    return found


def test_as_many_files_are_open_as_may_be() -> None:
    assert files_of(256, 2048) == [2048, 2048, 2048]
    most = web.CONNECTIONS + web.OTHER_FILES
    assert files_of(256, most + 1000) == [most, most, most + 1000]


def test_connections_leave_files_for_the_rest() -> None:
    assert web.connections(2048) == 2048 - web.OTHER_FILES
    assert web.connections(100_000) == web.CONNECTIONS >= 4000
    assert web.connections(256) == 128


def test_one_protocol_and_a_bound_for_each_wait() -> None:
    words = web.words("127.0.0.1", 8000, 2, 20_000)
    assert "--no-ws" in words
    given = dict(pairwise(words))
    assert (given["--http"], given["--backpressure"]) == ("1", str(web.CONNECTIONS))
    assert int(given["--http1-header-read-timeout"]) == web.HEADER_SECONDS * 1000 <= 15_000
    assert int(given["--http1-buffer-size"]) <= 32 * 1024


def test_no_idle_connection_ends_at_the_pace_at_which_programs_ask() -> None:
    """Their next request would meet its end, and a POST that has met it is not sent again by itself."""
    assert all(abs(web.HEADER_SECONDS - pace) >= 1 for pace in (1, 2, 3, 5, 6, 10, 12, 15, 20, 30, 60))


def test_the_image_starts_it_in_the_same_way() -> None:
    commands = re.findall(r"^CMD (\[.+\])$", (ROOT / "Dockerfile").read_text(), re.MULTILINE)
    words = ["python", "-m", "launcher.container.web", "--host", "0.0.0.0", "--port", "8000", "--workers", "2"]
    assert [json.loads(command) for command in commands] == [words]
