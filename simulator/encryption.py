"""TLS of the simulator: its certificate, and whose client certificates it wants."""

import ssl
from pathlib import Path


def server_context(certificate: Path | None, key: Path | None, client_ca: Path | None) -> ssl.SSLContext | None:
    """None without a certificate: plain HTTP. Raises ValueError that says which file is missing or wrong."""
    if certificate is None or key is None:
        if certificate or key or client_ca:
            raise ValueError("--tls-cert and --tls-key go together, and --client-ca with them.")
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    try:
        # An encrypted key would be asked about on the terminal.
        context.load_cert_chain(certificate, key, password="")
    except OSError as error:
        raise ValueError(f"--tls-cert {certificate} and --tls-key {key} can't be used: {error}") from error
    if client_ca is not None:
        try:
            context.load_verify_locations(client_ca)
        except OSError as error:
            raise ValueError(f"--client-ca {client_ca} can't be used: {error}") from error
        context.verify_mode = ssl.CERT_REQUIRED
    return context
