"""Our certificate: whether it can be used at all, and whether the cloud takes it."""

import re
from datetime import datetime, timedelta

from gateways.bounded import Answer
from gateways.certificates import BadCertificate, Identity, read_pem
from gateways.certificates.reading import day_of
from gateways.diagnosis import codes
from gateways.diagnosis.step import Found, Wrong
from gateways.diagnosis.streams import Seen
from gateways.interface import Account
from protocol.why import Value, Why

SOON = timedelta(days=30)

# Alerts about a certificate (RFC 8446, 6.2); TLS 1.2 says handshake_failure where there is none.
_UNKNOWN_CA, _EXPIRED, _REVOKED = 48, 45, 44
_ABOUT_CERTIFICATES = {40, 41, 42, 43, 44, 45, 46, 48, 49, 113, 114, 115, 116}
_NAMES = {
    **{40: "handshake failure", 41: "no certificate", 42: "bad certificate", 43: "unsupported certificate"},
    **{46: "certificate unknown", 49: "access denied", 116: "certificate required"},
}

# What servers in front of the API answer; nginx says it with a 400, or with a status of its own.
_STATUSES = (400, 401, 403)
_OWN_STATUSES = (495, 496)
_WORDS = re.compile(r"(ssl|tls|client)[ _-]?certificate|certificat[ _-]client|client[ _-]?cert\b", re.IGNORECASE)


def check(account: Account, now: datetime) -> Identity | None:
    """Our certificate, None where there is none. Raises Wrong."""
    if not account.certificate and not account.private_key:
        return None
    if not account.private_key:
        raise Wrong(Why(codes.OURS_WITHOUT_KEY))
    if not account.certificate:
        raise Wrong(Why(codes.KEY_WITHOUT_OURS))
    try:
        return read_pem(account.certificate, account.private_key, now=now)
    except BadCertificate as bad:
        raise Wrong(bad.why) from bad


def is_about_it(seen: Seen) -> bool:
    """Whether a connection that failed did so for our certificate: they had shown theirs, and asked for it."""
    return seen.wants_ours and bool(seen.certificates) and (seen.alert is None or seen.alert in _ABOUT_CERTIFICATES)


def refused(seen: Seen, ours: Identity | None) -> Why:
    """Why they have ended the connection."""
    if ours is None:
        return Why(codes.OURS_WANTED)
    if seen.alert is None:
        return Why(codes.OURS_CUT, subject=ours.subject, issuer=ours.issuer)
    if seen.alert == _UNKNOWN_CA:
        return Why(codes.OURS_UNKNOWN_CA, subject=ours.subject, issuer=ours.issuer)
    if seen.alert == _EXPIRED:
        return Why(codes.OURS_EXPIRED_THERE, subject=ours.subject)
    if seen.alert == _REVOKED:
        return Why(codes.OURS_REVOKED, subject=ours.subject)
    return _not_accepted(ours, _NAMES.get(seen.alert, str(seen.alert)))


def refused_in_words(answer: Answer, said: str, ours: Identity | None) -> Why | None:
    """The same where an answer says so; None where it is about something else."""
    is_about_it = answer.status in _STATUSES and _WORDS.search(said) is not None
    if not is_about_it and answer.status not in _OWN_STATUSES:
        return None
    if ours is None:
        return Why(codes.OURS_WANTED_SAYS, words=said) if said else Why(codes.OURS_WANTED)
    return _not_accepted(ours, said or f"HTTP {answer.status}")


def accepted(seen: Seen, ours: Identity | None, is_told: bool, now: datetime) -> Found:
    """What is told where nothing speaks against it. `is_told`: an answer came, or a sign that they were content."""
    if ours is None:
        return Found(None, Why(codes.NONE_NEEDED if seen.wants_ours else codes.NONE_ASKED))
    if not seen.wants_ours:
        return Found(None, Why(codes.OURS_NOT_ASKED, subject=ours.subject))
    if not is_told:
        return Found(None, Why(codes.OURS_UNTOLD))
    if ours.not_after - now < SOON:
        return Found(None, Why(codes.OURS_ENDS_SOON, subject=ours.subject, end=day_of(ours.not_after)))
    return Found(True, Why(codes.OURS_ACCEPTED, subject=ours.subject, end=day_of(ours.not_after)))


def _not_accepted(ours: Identity, words: Value) -> Why:
    return Why(codes.OURS_REFUSED, subject=ours.subject, issuer=ours.issuer, words=words)
