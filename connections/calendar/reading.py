"""Reads the calendar from the rows, with as many statements for many accounts as for one."""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from django.conf import settings
from django.db.models import Exists, OuterRef, Q

from connections.calendar import codes
from connections.calendar.ends import Entry, What, first_end, in_order
from connections.calendar.models import SiteCertificate
from connections.calendar.served import site, site_name
from connections.models import Connection
from fleets.models import ApiSecret, FormerCredentials, Gateway
from fleets.storage import clock
from gateways.certificates import BadCertificate
from gateways.certificates.reading import described, read_certificates
from gateways.codes import TOKEN_NOT_THERE, TOKEN_REFUSED, TOKEN_SCOPES
from protocol.why import Why
from remotes.models import GatewayHealth

# How a token endpoint refuses us, and does not only fail.
_REFUSALS = (TOKEN_REFUSED, TOKEN_SCOPES, TOKEN_NOT_THERE)

Ends = tuple[tuple[str, datetime], ...]


def calendar() -> list[Entry]:
    """All that ends, the most urgent first. Six statements."""
    now = clock.now()
    return in_order([*_accounts(now), *_refusals(), *_former(), *_drafts(), *_site(), *_secrets(now)])


def _accounts(now: datetime) -> Iterator[Entry]:
    for gateway in Gateway.objects.only("name", "certificate", "ca_bundle"):
        if gateway.certificate:
            yield _of_chain(What.CLIENT_CERTIFICATE, gateway.pk, gateway.name, gateway.certificate)
        if gateway.ca_bundle:
            yield _of_bundle(gateway, now)


def _of_chain(what: What, owner: int, name: str, certificate: str) -> Entry:
    """Nothing works without each of its certificates, so what ends first counts."""
    ends = ends_in(certificate)
    if isinstance(ends, Why):
        return Entry(what, owner, name, why=ends)
    subject, ends_at = min(ends, key=lambda end: end[1])
    return Entry(what, owner, name, subject, ends_at)


def _of_bundle(gateway: Gateway, now: datetime) -> Entry:
    ends = ends_in(gateway.ca_bundle)
    if isinstance(ends, Why):
        return Entry(What.CA_BUNDLE, gateway.pk, gateway.name, why=ends)
    subject, ends_at = first_end(ends, now)
    return Entry(What.CA_BUNDLE, gateway.pk, gateway.name, subject, ends_at)


def _refusals() -> Iterator[Entry]:
    """By the API, or by the endpoint that gives tokens for it, while the last token may be good still."""
    closed = Q(health__state=GatewayHealth.State.REFUSED)
    rows = Gateway.objects.filter(closed | Q(access_token__failure__code__in=_REFUSALS))
    for gateway in rows.select_related("health", "access_token").only("name", "health", "access_token"):
        health = getattr(gateway, "health", None)
        is_closed = health is not None and health.state == GatewayHealth.State.REFUSED
        why = health.why if health is not None and is_closed else gateway.access_token.failure
        yield Entry(What.REFUSED, gateway.pk, gateway.name, why=why)


def _former() -> Iterator[Entry]:
    rows = FormerCredentials.objects.exclude(certificate="").values_list("gateway_id", "gateway__name", "certificate")
    for gateway_id, name, certificate in rows:
        yield _of_chain(What.FORMER, gateway_id, name, certificate)


def _drafts() -> Iterator[Entry]:
    rows = Connection.objects.filter(is_draft=True).exclude(certificate="").values_list("pk", "name", "certificate")
    for connection_id, name, certificate in rows:
        yield _of_chain(What.DRAFT, connection_id, name, certificate)


def _site() -> Iterator[Entry]:
    place = site()
    if place is None:
        return
    name = site_name(place)
    kept = SiteCertificate.objects.filter(site=name).first()
    if kept is None:
        yield Entry(What.SITE, 0, name, why=Why(codes.SITE_NOT_LOOKED_AT, url=settings.PUBLIC_URL))
    else:
        yield Entry(What.SITE, 0, name, kept.subject, kept.ends_at, kept.why)


def _secrets(now: datetime) -> Iterator[Entry]:
    """Those that end, of API clients, until somebody ends them, or there is a newer one once they are over."""
    good = Q(ended_at=None) & (Q(ends_at=None) | Q(ends_at__gt=now))
    newer = ApiSecret.objects.filter(good, client=OuterRef("client"), pk__gt=OuterRef("pk"))
    rows = ApiSecret.objects.filter(client__active=True, ends_at__isnull=False, ended_at=None).order_by("pk")
    rows = rows.exclude(Exists(newer), ends_at__lte=now)
    for secret_id, client, name, ends_at in rows.values_list("pk", "client__name", "name", "ends_at"):
        yield Entry(What.API_SECRET, secret_id, f"{client} ({name})" if name else client, ends_at=ends_at)


@lru_cache(maxsize=256)
def ends_in(pem: str) -> Ends | Why:
    """Subject and end of each certificate, or why they can't be read. Kept, since a bundle may hold hundreds."""
    try:
        found = [described(certificate) for certificate in read_certificates(pem)]
    except BadCertificate as error:
        return error.why
    return tuple((each.subject, each.not_after) for each in found)
