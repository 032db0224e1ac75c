"""Settings: keys and mail."""

import smtplib
from collections.abc import Iterator

from cryptography.fernet import Fernet
from django.apps import apps
from django.conf import settings
from django.core import mail
from django.core.exceptions import ImproperlyConfigured

from connections.doctor.finding import Finding
from fleets.storage.encryption import EncryptedJSONField, EncryptedTextField

_SHORTEST_KEY = 32


def secret_key() -> Iterator[Finding]:
    key = settings.SECRET_KEY
    if len(key) < _SHORTEST_KEY or len(set(key)) < 10 or key.startswith("django-insecure-"):
        words = "SECRET_KEY can be guessed. Set a random one of 50 characters; everybody has to log in again then."
        yield Finding("secret-key", False, words)
    else:
        yield Finding("secret-key", True, "SECRET_KEY is long enough.")
    if settings.DEBUG:
        yield Finding("debug", False, "DEBUG is on: pages show what is inside of FleetRemote. Take it away.")


def field_keys() -> Iterator[Finding]:
    try:
        for key in settings.FIELD_KEYS:
            Fernet(key)
    except ValueError:
        words = "FIELD_KEYS holds what is no Fernet key: 32 bytes as 44 characters of URL-safe base64. Mend it."
        yield Finding("field-keys", False, words)
    else:
        yield Finding("field-keys", True, "Each key of FIELD_KEYS has the right form.")


def stored_secrets() -> Iterator[Finding]:
    """Whether all that was encrypted can be read with the keys that are there."""
    number = 0
    try:
        for model in apps.get_models():
            kinds = EncryptedTextField | EncryptedJSONField
            names = [field.name for field in model._meta.get_fields() if isinstance(field, kinds)]
            if names:
                rows = model._default_manager.exclude(**{name: {} for name in names if name == "extra"})
                number += sum(1 for _ in rows.values_list(*names).iterator())
    except (ImproperlyConfigured, ValueError):
        words = (
            "A stored secret can't be read: FIELD_KEYS lacks the key that it was encrypted with. Add the former key "
            "behind the present one."
        )
        yield Finding("stored-secrets", False, words)
    else:
        yield Finding("stored-secrets", True, f"The secrets of {number} rows can be read.")


def mail_server() -> Iterator[Finding]:
    """A connection and a log-in at most: nothing is sent."""
    if not settings.EMAIL_HOST:
        words = f"No mail server is set, so e-mails are files in {settings.EMAIL_FILE_PATH}. Set EMAIL_URL."
        yield Finding("mail", None, words)
        return
    server = f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    try:
        with mail.get_connection():
            yield Finding("mail", True, f"The mail server {server} lets us in.")
    except (OSError, smtplib.SMTPException) as error:
        said = str(error) or type(error).__name__
        yield Finding("mail", False, f"The mail server {server} does not let us in: {said}. Check EMAIL_URL.")
