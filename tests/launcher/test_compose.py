"""No container engine runs here, so the files are held to their forms."""

import base64
import re
import runpy
import subprocess
import sys
from ipaddress import ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import yaml

import fleetremote.settings
from launcher.container.secret_files import FILES, make
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
        assert not {"SIMULATOR_URL", "RECEIVER_URL", "RECEIVER_SECRET_FILE"} & told, name
        assert "receiver_secret" not in services[name].get("secrets", []), name


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
    for name in ("demo", "receiver"):
        assert services[name]["environment"]["RECEIVER_SECRET_FILE"] == "/run/secrets/receiver_secret"
        assert "receiver_secret" in services[name]["secrets"]


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


def test_every_secret_is_a_file_and_no_variable(compose: dict[str, Any]) -> None:
    """Who may ask the container engine about a container reads its variables."""
    assert {name.lower() for name in FILES} == compose["secrets"].keys()
    assert {name: secret["file"] for name, secret in compose["secrets"].items()} == {
        name: f"./secrets/{name}" for name in compose["secrets"]
    }
    for service in compose["services"].values():
        given = service.get("environment", {})
        named = {text.removeprefix("/run/secrets/") for name, text in given.items() if name.endswith("_FILE")}
        assert named <= {*service.get("secrets", []), given.get("PULSE_FILE")}
        assert not {*FILES, "DATABASE_PASSWORD"} & given.keys()
    example = (ROOT / ".env.example").read_text()
    assert [name for name in FILES if re.search(rf"^(# )?{name}=", example, re.MULTILINE)] == []
    assert not re.findall(r"://[^/\s@]*:[^/\s@]*@", COMPOSE.read_text())


def test_what_script_secrets_makes_is_what_the_containers_need(
    compose: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, {})
    for name in {*FILES, "DATABASE_PASSWORD"}:
        monkeypatch.delenv(name, raising=False)
    for name, value in compose["services"]["web"]["environment"].items():
        monkeypatch.setenv(name, re.sub(r"\$\{\w+:-(.*)\}", r"\1", value).replace("/run/secrets", str(tmp_path)))
    found = runpy.run_path(fleetremote.settings.__file__)
    assert found["SECRET_KEY"] == (tmp_path / "secret_key").read_text()
    assert [len(base64.urlsafe_b64decode(key)) for key in found["FIELD_KEYS"]] == [32]
    assert found["DATABASES"]["default"]["PASSWORD"] == (tmp_path / "postgres_password").read_text()
    assert found["EMAIL_BACKEND"].endswith("filebased.EmailBackend")


def test_no_superuser_is_made(compose: dict[str, Any]) -> None:
    """The link that `migrate` prints makes the first admin; the demo's person has its fleets alone."""
    text = COMPOSE.read_text()
    assert "createsuperuser" not in text
    assert "SUPERUSER" not in text
    assert "--no-admin" in compose["services"]["demo"]["command"]


def test_ours_write_nowhere_but_where_they_have_to_and_may_do_nothing_of_roots(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert not {"privileged", "cap_add", "network_mode", "pid", "devices"} & service.keys(), name
        if name not in {"postgres", "redis"}:
            assert (service["read_only"], service["cap_drop"], service["tmpfs"]) == (True, ["ALL"], ["/tmp"]), name
    published = [port for service in compose["services"].values() for port in service.get("ports", [])]
    assert published == ["127.0.0.1:${PORT:-8000}:8000"]


def test_stores_are_in_a_network_that_nothing_leads_out_of(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert compose["networks"]["stores"] == {"internal": True}
    assert services["postgres"]["networks"] == services["redis"]["networks"] == ["stores"]
    assert services["simulator"]["networks"] == services["receiver"]["networks"] == ["default"]


def test_what_the_example_offers_reaches_every_service(compose: dict[str, Any]) -> None:
    offered = set(re.findall(r"^# ([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))
    # Compose itself reads it.
    assert offered - {"COMPOSE_PROFILES"} <= compose["x-fleetremote"]["environment"].keys()
    assert {"STATE_READ_MINUTES", "GATEWAY_ALLOW_HTTP"} <= offered


def test_image_is_built_from_hashed_packages_and_runs_unprivileged() -> None:
    text = (ROOT / "Dockerfile").read_text()
    stages = re.findall(r"^FROM \S+ AS (\w+)$", text, re.MULTILINE)
    assert stages == ["packages", "fleetremote"]
    assert "--require-hashes" in text
    assert re.findall(r"^USER (\w+)$", text, re.MULTILINE) == ["fleetremote"]
    assert text.count("CMD [") == 1


def test_how_long_positions_are_kept_can_be_set(compose: dict[str, Any]) -> None:
    assert compose["services"]["sweeps"]["environment"]["POSITION_DAYS"] == "${POSITION_DAYS:-30}"
    assert "POSITION_DAYS=30" in (ROOT / ".env.example").read_text()
