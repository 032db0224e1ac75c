"""Why an end is not known: codes (protocol/why.py)."""

from protocol.why import code
from protocol.why import gettext_noop as _

SITE_NOT_READ = code(
    "site-not-read",
    _("Our TLS certificate could not be read at %(url)s. Check that FleetRemote answers there, with TLS."),
)
SITE_NOT_LOOKED_AT = code(
    "site-not-looked-at", _("Our TLS certificate at %(url)s has not been read yet; that is done once a day.")
)
