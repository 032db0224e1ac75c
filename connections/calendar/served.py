"""Our own TLS certificate, read as the world sees it: by a handshake at PUBLIC_URL. Never in a page's request."""

import ssl
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings

from connections.calendar import codes
from connections.calendar.ends import step_of
from connections.calendar.models import SiteCertificate
from fleets.storage import clock
from gateways.certificates import BadCertificate, Described, describe
from gateways.diagnosis import reaching
from gateways.diagnosis.step import Wrong
from gateways.diagnosis.streams import Deadline, Tls
from protocol.why import Why

# Seconds for each of: finding the name, connecting, the handshake.
_PATIENCE = 5.0
# Between two readings; where something is to be done, who has done it wants to see it.
_OFTEN, _SELDOM = timedelta(hours=1), timedelta(days=1)


def site() -> tuple[str, int] | None:
    """Host and port of PUBLIC_URL; None where it has no TLS."""
    parts = urlsplit(settings.PUBLIC_URL)
    if parts.scheme != "https" or not parts.hostname:
        return None
    return parts.hostname, parts.port or 443


def site_name(place: tuple[str, int]) -> str:
    return f"{place[0]}:{place[1]}"


def read_if_due() -> None:
    """Read it once a day, and more often while it can't be read or ends soon."""
    place = site()
    if place is None:
        return
    kept = SiteCertificate.objects.filter(site=site_name(place)).first()
    if kept is None or kept.looked_at + _pause(kept, clock.now()) <= clock.now():
        read()


def read() -> SiteCertificate | None:
    """Read it now and keep it; None where PUBLIC_URL has no TLS. What was read before stays when that fails."""
    place = site()
    if place is None:
        return None
    found = look(place)
    values: dict[str, object] = {"looked_at": clock.now(), "why": found if isinstance(found, Why) else None}
    if isinstance(found, Described):
        values |= {"subject": found.subject, "ends_at": found.not_after}
    row, _ = SiteCertificate.objects.update_or_create(site=site_name(place), defaults=values)
    return row


def look(place: tuple[str, int]) -> Described | Why:
    """What is served at a host and port, trusted or not; or why that is not known. It is over in time."""
    host, port = place
    try:
        stream, _ = reaching.connect(reaching.find(host, port, _PATIENCE), port, _PATIENCE)
        try:
            # Its name and its CA are not looked at: that is for the test of the way back.
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            link = Tls(stream, context, host)
            link.shake_hands(Deadline(_PATIENCE))
            return describe(link.seen.certificates[0])
        finally:
            stream.close()
    except (Wrong, OSError, IndexError, BadCertificate):
        return Why(codes.SITE_NOT_READ, url=settings.PUBLIC_URL)


def _pause(kept: SiteCertificate, now: datetime) -> timedelta:
    is_calm = kept.why is None and kept.ends_at is not None and step_of(kept.ends_at - now) is None
    return _SELDOM if is_calm else _OFTEN
