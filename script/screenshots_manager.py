"""The demo's fleet manager, who fills in forms by their addresses and fields, whatever stands on the buttons."""

import re
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from playwright.sync_api import APIResponse, BrowserContext

_WAIT = 200
_ACTION = re.compile(r'id="action-([0-9a-fA-F_-]+)"')


class Manager:
    """Logged in, with the cookies of the browser's context."""

    def __init__(self, context: BrowserContext, demo: dict[str, Any]) -> None:
        self._request = context.request
        login = self.post("/login", username=demo["web"]["user"], password=demo["web"]["password"])
        if login.url.endswith("/login"):
            sys.exit("The demo's password does not open it. Start script/server again: it sets the password anew.")

    def get(self, path: str) -> str:
        """The page's HTML."""
        answer = self._request.get(path)
        _check(answer, path)
        return answer.text()

    def post(self, path: str, **fields: Any) -> APIResponse:
        """Send a form; gives the page that it leads to. Lists are sent as several values; `__` in a name is a `-`."""
        named = {name.replace("__", "-"): value for name, value in fields.items()}
        token = next(cookie["value"] for cookie in self._cookies() if cookie["name"] == "csrftoken")
        body = urlencode({**named, "csrfmiddlewaretoken": token}, doseq=True)
        answer = self._request.post(path, data=body, headers={"Content-Type": "application/x-www-form-urlencoded"})
        _check(answer, path)
        return answer

    def upload(self, path: str, field: str, name: str, content: bytes) -> str:
        """Send a form with one file; gives the path of the page that it leads to."""
        token = next(cookie["value"] for cookie in self._cookies() if cookie["name"] == "csrftoken")
        file: Any = {"name": name, "mimeType": "text/csv", "buffer": content}
        answer = self._request.post(path, multipart={"csrfmiddlewaretoken": token, field: file})
        _check(answer, path)
        return urlsplit(answer.url).path

    def command(self, vehicle: str, name: str, **fields: str) -> str:
        """Send a ready-made command to the vehicle whose page is at `vehicle`; gives the id of its action."""
        return _newest(self.post(f"{vehicle}/actions", command=name, **fields))

    def form(self, vehicle: str, remote_type: str, **fields: Any) -> str:
        """Send the form of a remote type; gives the id of its action."""
        return _newest(self.post(f"{vehicle}/actions/new?type={remote_type}", **fields))

    def wait(self, path: str, is_so: Callable[[str], bool]) -> str:
        """The HTML of a page, once this is so."""
        end = time.monotonic() + _WAIT
        while not is_so(html := self.get(path)):
            if time.monotonic() > end:
                sys.exit(f"{path} does not show what was awaited within {_WAIT} seconds. Does all of the server run?")
            time.sleep(0.3)
        return html

    def wait_for_ends(self, vehicle: str) -> None:
        """Until every action of the vehicle has ended."""
        self.wait(vehicle, lambda html: 'data-open="yes"' not in html)

    def _cookies(self) -> list[dict[str, Any]]:
        cookies: list[dict[str, Any]] = self._request.storage_state()["cookies"]  # type: ignore[assignment]
        if not any(cookie["name"] == "csrftoken" for cookie in cookies):
            self._request.get("/login")
            cookies = self._request.storage_state()["cookies"]  # type: ignore[assignment]
        return cookies


def _check(answer: APIResponse, path: str) -> None:
    if not answer.ok:
        sys.exit(f"{path} answered {answer.status}:\n{_words(answer.text())[:2000]}")


def _words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition("<main")[2]).split())


def _newest(page: APIResponse) -> str:
    found = _ACTION.search(page.text())
    if found is None:
        sys.exit(f"{page.url} shows no action.")
    return found.group(1)
