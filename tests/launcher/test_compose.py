"""No container engine runs here, so the files are held to their forms."""

import re
import subprocess
import sys
from ipaddress import ip_network
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

from launcher.environment import ROOT

COMPOSE = ROOT / "docker-compose.yml"


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    content = yaml.safe_load(COMPOSE.read_text())
    assert isinstance(content, dict)
    return content


def test_compose_file_follows_the_compose_schema() -> None:
    words = ["-m", "check_jsonschema", "--builtin-schema", "vendor.compose-spec", str(COMPOSE)]
    done = subprocess.run([sys.executable, *words], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_lasting_service_has_a_health_check(compose: dict[str, Any]) -> None:
    lasting = {"web", "worker", "sweeps", "deliveries", "beat", "simulator", "receiver", "postgres", "redis"}
    assert lasting <= compose["services"].keys()
    for name in lasting:
        assert compose["services"][name]["healthcheck"]["test"][0] == "CMD", name


def test_dependencies_exist_and_are_waited_for(compose: dict[str, Any]) -> None:
    services = compose["services"]
    for name, service in services.items():
        for needed, how in service.get("depends_on", {}).items():
            once = services[needed].get("restart") == "no"
            wish = "service_completed_successfully" if once else "service_healthy"
            assert how["condition"] == wish, f"{name} needs {needed}"


DEMO = {"demo", "simulator", "receiver"}


def test_the_demo_comes_by_its_profile_only(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert {name for name, service in services.items() if service.get("profiles") == ["demo"]} == DEMO
    for name in services.keys() - DEMO:
        assert not DEMO & services[name].get("depends_on", {}).keys(), f"{name} would not start without the demo"
        told = services[name].get("environment", {}).keys()
        assert not {"SIMULATOR_URL", "RECEIVER_URL", "RECEIVER_SECRET"} & told, name


def test_a_start_prints_the_way_to_the_first_log_in(compose: dict[str, Any]) -> None:
    migrate = compose["services"]["migrate"]
    assert 'at_start --at "$$AT" --into -' in migrate["command"][-1]
    assert migrate["environment"]["AT"] == "${PUBLIC_URL:-http://localhost:${PORT:-8000}}"


def test_the_demos_callback_reaches_the_receiver(compose: dict[str, Any]) -> None:
    services = compose["services"]
    address = urlsplit(services["demo"]["environment"]["RECEIVER_URL"])
    command = services["receiver"]["command"]
    assert services[address.hostname] == services["receiver"]
    assert command[command.index("--port") + 1] == str(address.port)
    assert services["demo"]["environment"]["RECEIVER_SECRET"] == services["receiver"]["environment"]["RECEIVER_SECRET"]


def test_no_inner_network_is_open_to_callbacks_but_with_the_demo(compose: dict[str, Any]) -> None:
    """The example opens those of Compose among the demo's lines, and they are comments."""
    for name, service in compose["services"].items():
        told = service.get("environment", {}).get("CALLBACK_ALLOWED_NETWORKS", "${CALLBACK_ALLOWED_NETWORKS:-}")
        assert told == "${CALLBACK_ALLOWED_NETWORKS:-}", name
    before, _, demo = (ROOT / ".env.example").read_text().partition("# The demo, ")
    assert re.findall(r"CALLBACK_ALLOWED_NETWORKS=(.*)$", before, re.MULTILINE) == [""]
    opened = re.findall(r"^# CALLBACK_ALLOWED_NETWORKS=(.+)$", demo, re.MULTILINE)
    assert all(ip_network(network).is_private for network in opened[0].split(","))
    assert "# COMPOSE_PROFILES=demo" in demo
    assert "# RECEIVER_SECRET=" in demo


def test_missing_secrets_fail_loudly_and_the_example_names_them() -> None:
    required = set(re.findall(r"\$\{(\w+):\?", COMPOSE.read_text()))
    example = (ROOT / ".env.example").read_text()
    assert required == {"SECRET_KEY", "FIELD_KEYS", "POSTGRES_PASSWORD"}
    assert required == set(re.findall(r"^(\w+)=$", example, re.MULTILINE))


def test_what_the_example_offers_reaches_every_service(compose: dict[str, Any]) -> None:
    offered = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    # Compose itself reads one, and the other is the demo's alone.
    assert offered - {"COMPOSE_PROFILES", "RECEIVER_SECRET"} <= compose["x-fleetremote"]["environment"].keys()
    assert {"STATE_READ_MINUTES", "GATEWAY_ALLOW_HTTP"} <= offered


def test_image_is_built_from_hashed_packages_and_runs_unprivileged() -> None:
    text = (ROOT / "Dockerfile").read_text()
    stages = re.findall(r"^FROM \S+ AS (\w+)$", text, re.MULTILINE)
    assert stages == ["packages", "fleetremote"]
    assert "--require-hashes" in text
    assert re.findall(r"^USER (\w+)$", text, re.MULTILINE) == ["fleetremote"]
    assert text.count("CMD [") == 1
