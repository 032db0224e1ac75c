"""Client certificates, their keys and CA bundles, as people have them in files."""

from gateways.certificates.reading import (
    LARGEST_FILE,
    BadCertificate,
    Described,
    Identity,
    as_pem,
    check_dates,
    describe,
    is_pkcs12,
    read_ca_bundle,
    read_pem,
    read_pkcs12,
)

__all__ = [
    "LARGEST_FILE",
    "BadCertificate",
    "Described",
    "Identity",
    "as_pem",
    "check_dates",
    "describe",
    "is_pkcs12",
    "read_ca_bundle",
    "read_pem",
    "read_pkcs12",
]
