"""Which client certificate was shown: a proxy that is trusted says so in a header, and nobody else.

TLS ends at the proxy. CLIENT_CERTIFICATE_HEADER names the header by which it hands on the certificate, or its SHA-256
fingerprint (fleets/programs/certificates.py). It must set it in each request, or take it away.
"""

from django.conf import settings

from fleetremote.front.addresses import is_trusted
from fleetremote.front.asgi_types import Scope
from fleets.programs.certificates import SHOWN, fingerprint_of


def with_client_certificate(scope: Scope) -> Scope:
    """The scope, where the connection is a trusted proxy's with the certificate's fingerprint that it names.

    Without one, and where the header stands there twice, so that one of them may be the client's own, none was shown.
    """
    name = settings.CLIENT_CERTIFICATE_HEADER
    if not name or not is_trusted(scope):
        return {**scope, SHOWN: ""}
    wanted = name.lower().encode("latin-1")
    values = [value for header, value in scope["headers"] if header.lower() == wanted]
    return {**scope, SHOWN: fingerprint_of(values[0].decode("latin-1")) if len(values) == 1 else ""}
