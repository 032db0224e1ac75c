"""What is pictured: the name of each picture and the address of its page, with ids in braces.

Plain values, so that a test can hold them to the pages that there are.
"""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

LASTING = {
    "fleets": "/",
    "overview": "/fleets/{lyon}/overview",
    "actions": "/fleets/{lyon}/actions",
    "actions-left": "/fleets/{lyon}/actions?outcome=left",
    "search": "/search?q=lyon",
    "rights": "/rights",
    "fleet-rights": "/fleets/{lyon}/rights",
    "wake-ups": "/fleets/{lyon}/wake-ups",
    "vehicles": "/fleets/{lyon}",
    "vehicles-filtered": "/fleets/{nantes}?energy=Electric&sort=level",
    "view-new": "/fleets/{lyon}/views/new?outcome=failed",
    "view-edit": "/fleets/{lyon}/views/{view}",
    "vehicle": "/fleets/{lyon}/vehicles/{asleep}",
    "vehicle-awake": "/fleets/{lyon}/vehicles/{awake}",
    "vehicle-unable": "/fleets/{nantes}/vehicles/{thermic}",
    "history-filtered": "/fleets/{lyon}/vehicles/{asleep}/history?feature=Locking",
    "vehicle-programs": "/fleets/{lyon}/vehicles/{awake}/programs",
    "vehicle-schedules": "/fleets/{lyon}/vehicles/{awake}/schedules",
    "vehicle-record": "/fleets/{lyon}/vehicles/{awake}/record",
    "action": "/fleets/{lyon}/vehicles/{asleep}/actions/{done}",
    "record": "/fleets/{lyon}/vehicles/{asleep}/actions/{done}/record",
    "failure": "/fleets/{lyon}/vehicles/{unreachable}",
    "explained": "/fleets/{lyon}/vehicles/{unreachable}/actions/{failed}/explain",
    "explained-doors": "/fleets/{lyon}/vehicles/{doors_open}/actions/{refused}/explain",
    "again": "/fleets/{lyon}/vehicles/{unreachable}/actions/{failed}/again",
    "immobilise": "/fleets/{lyon}/vehicles/{asleep}/actions?command=immobilise",
    "climate": "/fleets/{lyon}/vehicles/{awake}/actions/new?type=Preconditioning",
    "charging": "/fleets/{lyon}/vehicles/{awake}/actions/new?type=Charging",
    "route": "/fleets/{lyon}/vehicles/{awake}/actions/new?type=Navigation",
    "commands": "/fleets/{lyon}/commands",
    "command-new": "/fleets/{lyon}/commands/new?type=Horn",
    "command-rename": "/fleets/{lyon}/commands/{command}/rename",
    "command-delete": "/fleets/{lyon}/commands/{command}/delete",
    "map": "/fleets/{lyon}/map",
    "map-of-all": "/map",
    "figures": "/fleets/{lyon}/plots?span=24h",
    "places": "/fleets/{lyon}/places",
    "place-new": "/fleets/{lyon}/places/new",
    "place-rename": "/fleets/{lyon}/places/{place}/rename",
    "place-delete": "/fleets/{lyon}/places/{place}/delete",
    "offline": "/offline",
    "bulks": "/fleets/{nantes}/bulk",
    "bulk-new": "/fleets/{lyon}/bulk/new?all=yes&view=",
    "bulk-preflight": "/fleets/{lyon}/bulk/{preflight}",
    "bulk-done": "/fleets/{nantes}/bulk/{bulk}",
    "schedules": "/fleets/{lyon}/schedules",
    "schedule": "/fleets/{lyon}/schedules/{schedule}",
    "schedule-new": "/fleets/{lyon}/schedules/new",
    "schedule-edit": "/fleets/{lyon}/schedules/{schedule}/edit",
    "schedule-end": "/fleets/{lyon}/schedules/{schedule}/end",
    "callbacks": "/fleets/{lyon}/callbacks",
    "callback": "/fleets/{lyon}/callbacks/{callback}",
    "callback-new": "/fleets/{lyon}/callbacks/new?example=token",
    "callback-edit": "/fleets/{lyon}/callbacks/{callback}/edit",
    "callback-attempts": "/fleets/{lyon}/callbacks/{callback}/attempts",
    "callback-secret": "/fleets/{lyon}/callbacks/{callback}/secret",
    "callback-delete": "/fleets/{lyon}/callbacks/{callback}/delete",
    "notification": "/fleets/{lyon}/callbacks/{callback}/notifications/{batch}",
    "replay": "/fleets/{lyon}/callbacks/{callback}/replay?what=everything&since=2026-01-01T00:00",
    "clients": "/fleets/{lyon}/clients",
    "clients-of-all": "/clients",
    "client": "/clients/{client}",
    "client-new": "/fleets/{lyon}/clients/new",
    "client-edit": "/clients/{client}/edit",
    "client-owner": "/clients/{client}/owner",
    "client-end": "/clients/{client}/end",
    "client-trust": "/clients/{client}/trust",
    "client-password-new": "/clients/{client}/passwords/new",
    "client-password-end": "/clients/{client}/passwords/{secret}/end",
    "alerts": "/fleets/{lyon}/alerts",
    "alerts-past": "/fleets/{lyon}/alerts/past",
    "webhook-new": "/fleets/{lyon}/alerts/webhooks/new",
    "webhook-edit": "/fleets/{lyon}/alerts/webhooks/{webhook}/edit",
    "people": "/fleets/{lyon}/people",
    "people-invite": "/fleets/{lyon}/people/new",
    "people-change": "/fleets/{lyon}/people/{member}",
    "people-remove": "/fleets/{lyon}/people/{member}/remove",
    "people-of-all": "/people",
    "people-invite-of-all": "/people/new",
    "account-of": "/people/{person}",
    "audit": "/fleets/{lyon}/audit",
    "audit-entry": "/fleets/{lyon}/audit/{entry}",
    "audit-of-all": "/audit?kind=entered",
    "audit-entry-of-all": "/audit/{entry}",
    "approvals": "/fleets/{lyon}/approvals",
    "change": "/fleets/{lyon}/approvals/{change}",
    "approvals-of-all": "/approvals",
    "sending": "/fleets/{lyon}/sending",
    "rules": "/fleets/{lyon}/sending/rules",
    "stop": "/fleets/{lyon}/sending/stop",
    "stop-for-all": "/sending/stop",
    "orphans": "/fleets/{lyon}/orphans",
    "unread": "/fleets/{lyon}/unread",
    "account": "/account",
    "account-password": "/account/password",
    "account-address": "/account/address",
    "second-factor": "/account/second-factor",
    "second-factor-app": "/account/second-factor/app",
    "ask-again": "/account/again",
    "forgotten": "/password",
    "forgotten-sent": "/password/sent",
    "connections": "/connections/",
    "connection": "/connections/{connection}",
    "connection-new": "/connections/new",
    "connection-edit": "/connections/{connection}/edit",
    "labels": "/fleets/{lyon}/labels",
    "label-import": "/fleets/{lyon}/labels/{labels}",
    "left-out": "/connections/gateways/{gateway}/left-out",
    "left-out-of-fleet": "/fleets/{lyon}/left-out",
}

# These are so only while the story is told.
PASSING = {
    "login": "/login",
    "bulk-running": "/fleets/{nantes}/bulk/{bulk}",
    "unknown": "/fleets/{lyon}/vehicles/{asleep}/actions/{unknown}",
    "decide": "/fleets/{lyon}/vehicles/{asleep}/actions/{unknown}/decide?happened=yes",
    "stopped": "/fleets/{nantes}/sending",
    "lift": "/fleets/{nantes}/sending/lift",
    "stopped-for-all": "/sending",
    "lift-for-all": "/sending/lift",
}

FRENCH = {
    "overview-fr": LASTING["overview"],
    "vehicle-fr": LASTING["vehicle"],
    "explained-fr": LASTING["explained"],
}

PICTURES = LASTING | PASSING | FRENCH

ROOT = Path(__file__).resolve().parent.parent
# The files that the docs show, out of four for each picture.
SHOWN = {
    file
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md"))
    for file in re.findall(r"img/([\w-]+\.png)", page.read_text())
}


def _show_what_it_cannot_do(page: Page) -> None:
    page.locator("#unable > summary").click()


def _open_filters(page: Page) -> None:
    page.locator("#list-filters > summary").click()


def _plan_the_week(page: Page) -> None:
    page.locator("[name=slot2-action][value=Set]").check(force=True)
    page.locator("[name=slot2-start]").fill("16:45")
    for day in ("Mon", "Wed", "Fri"):
        page.locator(f"[name=slot2-days][value={day}]").check(force=True)


def _plan_a_route(page: Page) -> None:
    search = page.locator("#route-place")
    for number, town in enumerate(("Villeurbanne", "Valence")):
        search.fill(town)
        search.press("Enter")
        expect(page.locator("[data-words]").nth(number)).not_to_be_empty()


# What is done on a page before it is pictured.
DONE_BEFORE: dict[str, Callable[[Page], None]] = {
    "vehicles-filtered": _open_filters,
    "vehicle-unable": _show_what_it_cannot_do,
    "climate": _plan_the_week,
    "route": _plan_a_route,
}
