"""The running web server: pages, streams, API and notifications all say what browsers may do."""

import pytest

from tests.running import Running
from tests.whole.test_live import login

PAGES = ["/login", "/", "/admin/", "/fleets/{fleet}", "/fleets/{fleet}/actions.csv", "/fleets/{fleet}/live"]
OTHERS = ["/healthz", "/api/docs", "/api/schema", "/connectedcar/v3/fleets", "/webhook/nobody/x", "/nothing-here"]


@pytest.mark.parametrize("path", [*PAGES, *OTHERS])
def test_no_answer_is_framed_guessed_or_kept(running: Running, path: str) -> None:
    session = login(running)
    url = running.demo["web"]["url"] + path.format(fleet=running.fleet["id"])
    with session.get(url, stream=True, timeout=10) as answer:
        found = answer.headers
    assert found["X-Content-Type-Options"] == "nosniff"
    assert found["Cross-Origin-Resource-Policy"] == found["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "geolocation=()" in found["Permissions-Policy"]
    assert "frame-ancestors 'none'" in found["Content-Security-Policy"]
    assert "default-src 'none'" in found["Content-Security-Policy"]
    assert "'unsafe-" not in found["Content-Security-Policy"]
    assert "no-store" in found["Cache-Control"], found["Cache-Control"]
