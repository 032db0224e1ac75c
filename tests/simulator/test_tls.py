"""The simulator over TLS: with a client certificate of its CA, and with none."""

import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import requests

from simulator.encryption import server_context
from simulator.world import CLIENT_ID, PASSWORD, USER
from tests.simulator.driving import REPOSITORY, Simulator, until
from tests.tls.authority import key_pem, new_authority
from tests.tls.simulated import mutual_tls_simulator


def test_only_a_client_with_a_certificate_of_its_ca_is_let_in(tmp_path: Path) -> None:
    with mutual_tls_simulator(tmp_path) as cloud:
        assert cloud.simulator.url.startswith("https://127.0.0.1:")
        assert cloud.simulator.get("/fleets")["total"] == 1
        stranger = new_authority("Another CA").client().write(tmp_path, "stranger")
        for cert in (None, (str(stranger[0]), str(stranger[1]))):
            with pytest.raises(requests.ConnectionError):
                requests.get(f"{cloud.base_url}/fleets", verify=str(cloud.ca_file), cert=cert, timeout=15)
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{cloud.base_url}/fleets", cert=cloud.simulator.cert, timeout=15)


def test_without_a_client_ca_no_certificate_is_wanted(
    tmp_path: Path, start_simulator: Callable[..., Simulator]
) -> None:
    authority = new_authority()
    (tmp_path / "ca.pem").write_text(authority.root_pem)
    certificate, key = authority.server().write(tmp_path, "server")
    simulator = start_simulator("--tls-cert", str(certificate), "--tls-key", str(key))
    simulator.verify = str(tmp_path / "ca.pem")
    assert simulator.get("/fleets")["total"] == 1


def test_files_that_can_not_be_used_are_named(tmp_path: Path) -> None:
    authority = new_authority()
    certificate, key = authority.server().write(tmp_path, "server")
    sealed, junk = tmp_path / "sealed.pem", tmp_path / "junk.pem"
    sealed.write_text(key_pem(authority.key, "open sesame"))
    junk.write_text("junk")
    for files, words in {
        (certificate, None, None): "go together",
        (None, None, certificate): "go together",
        (certificate, sealed, None): "sealed.pem can't be used",
        (certificate, tmp_path / "none.pem", None): "none.pem can't be used",
        (certificate, key, junk): "--client-ca .*junk.pem can't be used",
    }.items():
        with pytest.raises(ValueError, match=words):
            server_context(*files)
    command = [sys.executable, "-m", "simulator", "--database", str(tmp_path / "w.sqlite"), "--tls-cert", str(junk)]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert (done.returncode, "go together" in done.stderr) == (1, True)


def test_the_commands_of_the_docs_lead_to_an_answer(tmp_path: Path) -> None:
    text = (REPOSITORY / "docs" / "simulator.md").read_text().partition("## Mutual TLS")[2].partition("\n## ")[0]
    make, run = re.findall(r"```\n(.*?)```", text, re.DOTALL)
    subprocess.run(["sh", "-e", "-c", make], cwd=tmp_path, check=True, capture_output=True)
    export = re.search(r"`(openssl pkcs12 -export [^`]+)`", text)
    assert export is not None
    subprocess.run([*export.group(1).split(), "-passout", "pass:x"], cwd=tmp_path, check=True, capture_output=True)
    start, _, ask = run.partition("curl")
    words = start.replace("8443", "0").split()
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    process = subprocess.Popen(
        [sys.executable, *words[1:]], cwd=tmp_path, env=environment, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        url = until(process.stdout.readline, "the ready line").split()[-1].replace("127.0.0.1", "localhost")
        assert f"https://localhost:8443/connectedcar/v3/fleets?client_id={CLIENT_ID}" in ask
        assert f"-u {USER}:{PASSWORD}" in ask
        answer = requests.get(
            f"{url}/connectedcar/v3/fleets",
            params={"client_id": CLIENT_ID},
            auth=(USER, PASSWORD),
            verify=str(tmp_path / "ca.pem"),
            cert=(str(tmp_path / "client.pem"), str(tmp_path / "client-key.pem")),
            timeout=15,
        )
        assert answer.json()["total"] == 1
    finally:
        process.terminate()
        process.wait(30)
        process.stdout.close() if process.stdout else None
