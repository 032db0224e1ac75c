"""Client certificates, their keys and CA bundles, as people have them in files."""

from gateways.certificates.reading import (
    BadCertificate,
    Described,
    Identity,
    as_pem,
    check_dates,
    describe,
    read_ca_bundle,
    read_pem,
    read_pkcs12,
)

__all__ = [
    "BadCertificate",
    "Described",
    "Identity",
    "as_pem",
    "check_dates",
    "describe",
    "read_ca_bundle",
    "read_pem",
    "read_pkcs12",
]
