"""A simulator behind mutual TLS, with a certificate authority of its own that public programs don't know."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.simulator.driving import Simulator
from tests.tls.authority import Authority, Issued, new_authority


@dataclass
class MutualTls:
    """The running simulator (its `call` is let in), its CA, and a client certificate that it takes, with its files."""

    simulator: Simulator
    authority: Authority
    client: Issued
    ca_file: Path
    client_file: Path
    client_key_file: Path

    @property
    def base_url(self) -> str:
        return f"{self.simulator.url}/connectedcar/v3"


@contextmanager
def mutual_tls_simulator(folder: Path, *options: str) -> Iterator[MutualTls]:
    """Runs one meanwhile, on loopback; `folder` gets its database and all files."""
    authority = new_authority("Sandbox CA")
    ca_file = folder / "ca.pem"
    ca_file.write_text(authority.root_pem)
    certificate, key = authority.server().write(folder, "server")
    client = authority.client()
    client_file, client_key_file = client.write(folder, "client")
    words = ("--tls-cert", str(certificate), "--tls-key", str(key), "--client-ca", str(ca_file), *options)
    simulator = Simulator(folder / "world.sqlite", *words)
    simulator.verify, simulator.cert = str(ca_file), (str(client_file), str(client_key_file))
    try:
        yield MutualTls(simulator.start(), authority, client, ca_file, client_file, client_key_file)
    finally:
        simulator.stop()
