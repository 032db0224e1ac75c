"""Helpers of the tests of the forms: sending one as a browser does, and finding what it says."""

from html.parser import HTMLParser
from typing import Any

from django.http import HttpResponse
from django.test import Client

from fleets.models import Vehicle
from remotes.models import RemoteAction

HTMX = {"HX-Request": "true"}


def form_url(vehicle: Vehicle, remote_type: str) -> str:
    return f"/fleets/{vehicle.fleet.public_id}/vehicles/{vehicle.public_id}/actions/new?type={remote_type}"


def send(client: Client, vehicle: Vehicle, remote_type: str, **fields: Any) -> HttpResponse:
    """Post the form; `slot1_days` stands for the field `slot1-days`."""
    values = {name.replace("_", "-"): value for name, value in fields.items()}
    return client.post(form_url(vehicle, remote_type), values)  # type: ignore[return-value]


def asked(vehicle: Vehicle) -> tuple[str, Any]:
    """The type and payload of the one action that was asked for."""
    action: RemoteAction = vehicle.remote_actions.get()
    return action.remote_type, action.payload


class Page(HTMLParser):
    """The elements of a page by their id: attributes and text."""

    def __init__(self, content: bytes) -> None:
        super().__init__()
        self.attributes: dict[str, dict[str, str | None]] = {}
        self.texts: dict[str, str] = {}
        self._open = ""
        self.feed(content.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._open = given.get("id") or ""
        if self._open:
            self.attributes[self._open] = given

    def handle_data(self, data: str) -> None:
        if self._open:
            self.texts[self._open] = (self.texts.get(self._open, "") + data).strip()


def error_of(response: Any, field: str) -> str:
    """The words beside a field; they are tied to it for those who hear the page."""
    page = Page(response.content)
    described = page.attributes[f"id_{field}"].get("aria-describedby") or ""
    assert f"id_{field}_error" in described.split()
    return page.texts[f"id_{field}_error"]
