"""What is to be said of a gateway's access token: codes (protocol/why.py)."""

from protocol.why import code
from protocol.why import gettext_noop as _

AWAITED = code("token-awaited", _("Another worker is asking for an access token; it has none yet."))
GOOD = code("token-good", _("The access token is good until %(until)s UTC."))
GOOD_FOR_NOW = code(
    "token-good-for-now",
    _("The access token is good until %(until)s UTC, but there has been no other one since %(since)s UTC: %(why)s"),
)
NONE = code("token-none", _("There has been no access token since %(since)s UTC: %(why)s"))
NOT_ASKED = code("token-not-asked", _("No access token was needed yet; the first request asks for one."))
OVER = code("token-over", _("The access token ended at %(until)s UTC; the next request asks for another one."))
