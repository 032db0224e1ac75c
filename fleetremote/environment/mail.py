"""Where e-mails go, from one address: EMAIL_URL (docs/settings.md)."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}
_BACKENDS = "django.core.mail.backends"


@dataclass(frozen=True)
class MailServer:
    """What Django's EMAIL_… settings are called without EMAIL_. `use_tls` turns to TLS, `use_ssl` begins with it."""

    backend: str
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    use_tls: bool = False
    use_ssl: bool = False


def read_mail_url(url: str) -> MailServer:
    """smtp:// is plain, smtp+tls:// begins plain, smtps:// is TLS from the start; empty has mails written into files.

    Raises ImproperlyConfigured without showing the url, which may hold a password.
    """
    if not url:
        return MailServer(f"{_BACKENDS}.filebased.EmailBackend")
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS[parts.scheme]
    except (ValueError, KeyError):
        raise _wrong() from None
    if not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise _wrong()
    return MailServer(
        backend=f"{_BACKENDS}.smtp.EmailBackend",
        host=parts.hostname,
        port=port,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        use_tls=parts.scheme == "smtp+tls",
        use_ssl=parts.scheme == "smtps",
    )


def _wrong() -> ImproperlyConfigured:
    schemes = ", ".join(f"{scheme}://" for scheme in _PORTS)
    return ImproperlyConfigured(
        f"EMAIL_URL must begin with one of {schemes}, then user:password@ if needed, host:port."
    )
