"""The first day of a company: an empty home, the first admin, an account behind mutual TLS, a vehicle that answers."""

import json
import os
import re
import shutil
import signal
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from launcher.environment import read_environment
from launcher.probes import free_port
from simulator.world import CLIENT_ID, PASSWORD, USER, V1_CLIENT_ID
from tests import migrated
from tests.server import Server
from tests.simulator.driving import OTHER_OPTIONS, V3_WORLD
from tests.tls.simulated import MutualTls, mutual_tls_simulator
from tests.waiting import command_line, wait_until

ADMIN_PASSWORD = "a-first-long-one"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("first-day") / "home"
    made = Server(home, free_port(None))
    migrated.place(home)
    yield made
    for pid in made.left():
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    note = home / "postgres.path"
    if note.exists():
        shutil.rmtree(note.read_text().strip(), ignore_errors=True)


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MutualTls]:
    with mutual_tls_simulator(
        tmp_path_factory.mktemp("cloud"), "--speed", "10", "--strict", "422", *OTHER_OPTIONS
    ) as cloud:
        yield cloud


def first_link(server: Server) -> str:
    told = server.output.read_text()
    assert "Log in as" not in told
    link = re.search(rf"This link makes the first one.*\n  ({server.url}first-admin/\S+)\n", told)
    assert link, told
    return link[1]


def become_admin(page: Page, link: str) -> None:
    page.goto(link)
    page.locator("[name=username]").fill("anne")
    page.locator("[name=email]").fill("anne@example.com")
    page.locator("[name=password1]").fill(ADMIN_PASSWORD)
    page.locator("[name=password2]").fill(ADMIN_PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="Connections", level=1)).to_be_visible()


def enter_account(page: Page, cloud: MutualTls) -> None:
    page.get_by_role("link", name="Connect an account").first.click()
    page.get_by_label("Name", exact=True).fill("Peugeot")
    look_at_both_apis(page)
    page.get_by_label("Address").fill(cloud.base_url)
    page.get_by_label("Client ID").fill(CLIENT_ID)
    page.get_by_label("User name").fill(USER)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Client certificate").set_input_files(cloud.client_file)
    page.get_by_label("Private key").set_input_files(cloud.client_key_file)
    page.get_by_role("button", name="Test the connection").click()


def look_at_both_apis(page: Page) -> None:
    """Only what an API takes is asked for, by its choice alone."""
    of_v3, of_v1 = page.get_by_label("User name"), page.get_by_label("Token URL")
    for dialect, shown, hidden in (("v1", of_v1, of_v3), ("v3", of_v3, of_v1)):
        page.get_by_label("API", exact=True).select_option(dialect)
        expect(shown).to_be_visible()
        expect(hidden).to_be_hidden()


def connect_v1_by_command(server: Server, cloud: MutualTls) -> list[dict[str, Any]]:
    """The account of the other API there, with its certificate alone."""
    root = cloud.simulator.url
    ran = server.run(
        *("-m", "launcher.manage", "connect", "--name", "Connected", "--api", "v1", "--client-id", V1_CLIENT_ID),
        *("--url", f"{root}/api/connectedcar/v1", "--token-url", f"{root}/as/token.oauth2"),
        *("--client-cert", str(cloud.client_file), "--client-key", str(cloud.client_key_file)),
        *("--ca", str(cloud.ca_file), "--manager", "anne", "--no-send", "--json"),
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def connect_by_command(server: Server, cloud: MutualTls) -> list[dict[str, Any]]:
    """The same account again, by the command alone, and all of its fleets."""
    password = cloud.ca_file.with_name("password")
    password.write_text(PASSWORD)
    ran = server.run(
        *("-m", "launcher.manage", "connect", "--name", "Peugeot", "--url", cloud.base_url, "--client-id", CLIENT_ID),
        *("--username", USER, "--password-file", str(password), "--ca", str(cloud.ca_file), "--fleets", "all"),
        *("--client-cert", str(cloud.client_file), "--client-key", str(cloud.client_key_file), "--json"),
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


@pytest.mark.drawn("houses", 1)
def test_from_an_empty_home_to_a_vehicle_that_answers(server: Server, cloud: MutualTls, browser: Browser) -> None:
    process = server.start("--no-demo")
    running = " ".join(map(command_line, server.left()))
    assert "celery" in running
    assert not {"SIMULATOR_URL", "RECEIVER_URL"} & read_environment(server.home).keys()
    link = first_link(server)
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    become_admin(page, link)
    assert page.goto(link).status == 404  # type: ignore[union-attr]
    page.goto(f"{server.url}connections/")

    # Without the CA it is said what is missing, and nothing is there yet.
    enter_account(page, cloud)
    failed = page.locator('[data-step="tls"][data-mark="failed"]')
    expect(failed).to_contain_text("The CA that issued the cloud's certificate is not known")
    expect(page.get_by_text("Nothing is taken over yet.")).to_be_visible()
    page.get_by_role("link", name="Change what was entered").click()
    page.get_by_label("CAs to trust").set_input_files(cloud.ca_file)
    page.get_by_role("button", name="Test the connection").click()

    expect(page.get_by_role("heading", name="Which fleets are taken over?")).to_be_visible()
    expect(page.locator('[data-step="client-certificate"][data-mark="done"]')).to_be_visible()
    page.get_by_label(V3_WORLD[1].name, exact=False).first.uncheck()
    page.get_by_role("button", name="Take over and go on").click()

    expect(page.locator('[data-step="send"]')).to_have_attribute("data-mark", "done")
    expect(page.locator('[data-step="send"]')).to_contain_text("Success")
    expect(page.locator("#connection-state")).to_have_attribute("data-state", "done")
    expect(page.locator('[data-step="callback"][data-mark="done"]')).to_be_visible()

    # The first tick on a car.
    page.get_by_role("link", name="Fleets", exact=True).first.click()
    page.get_by_role("link", name=V3_WORLD[0].name, exact=True).click()
    page.get_by_role("link", name=next(v.vin for v in V3_WORLD[0].vehicles if v.profile == "awake")).first.click()
    page.get_by_role("button", name="Unlock").first.click()
    expect(page.locator("#history").get_by_text(re.compile("Success|Already done")).first).to_be_visible()

    again = connect_by_command(server, cloud)
    assert again[-1]["ok"] is True, again
    assert {fleet["upstream_id"] for fleet in again[-1]["fleets"]} == {fleet.id for fleet in V3_WORLD}
    assert next(line["ok"] for line in again if line["step"] == "send") is True

    connected = connect_v1_by_command(server, cloud)
    assert connected[-1]["ok"] is True, connected
    assert [(fleet["upstream_id"], fleet["name"]) for fleet in connected[-1]["fleets"]] == [("account", "Connected")]
    page.goto(f"{server.url}connections/")
    page.get_by_role("link", name="Connected", exact=True).first.click()
    expect(page.get_by_text("The access token is good until")).to_be_visible()

    logs = "".join(path.read_text() for path in (server.home / "log").glob("*.log"))
    for secret in (link.rpartition("/")[2], PASSWORD, "PRIVATE KEY"):
        assert secret not in logs
    process.terminate()
    assert process.wait(30) == 0
    wait_until(lambda: server.left() == [], "all processes to end")
