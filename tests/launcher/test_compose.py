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


def test_the_demos_callback_reaches_the_receiver(compose: dict[str, Any]) -> None:
    services = compose["services"]
    address = urlsplit(services["demo"]["environment"]["RECEIVER_URL"])
    command = services["receiver"]["command"]
    assert services[address.hostname] == services["receiver"]
    assert command[command.index("--port") + 1] == str(address.port)
    assert services["demo"]["environment"]["RECEIVER_SECRET"] == services["receiver"]["environment"]["RECEIVER_SECRET"]
    networks = services["deliveries"]["environment"]["CALLBACK_ALLOWED_NETWORKS"]
    default = re.fullmatch(r"\$\{CALLBACK_ALLOWED_NETWORKS-(.+)\}", networks)
    assert default
    assert all(ip_network(network).is_private for network in default[1].split(","))


def test_missing_secrets_fail_loudly_and_the_example_names_them() -> None:
    required = set(re.findall(r"\$\{(\w+):\?", COMPOSE.read_text()))
    example = (ROOT / ".env.example").read_text()
    assert required == {"SECRET_KEY", "FIELD_KEYS", "POSTGRES_PASSWORD"}
    assert required == set(re.findall(r"^(\w+)=$", example, re.MULTILINE))


def test_image_is_built_from_hashed_packages_and_runs_unprivileged() -> None:
    text = (ROOT / "Dockerfile").read_text()
    stages = re.findall(r"^FROM \S+ AS (\w+)$", text, re.MULTILINE)
    assert stages == ["packages", "fleetremote"]
    assert "--require-hashes" in text
    assert re.findall(r"^USER (\w+)$", text, re.MULTILINE) == ["fleetremote"]
    assert text.count("CMD [") == 1
