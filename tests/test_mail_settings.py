"""EMAIL_URL says where e-mails go."""

import pytest
from django.core.exceptions import ImproperlyConfigured

from fleetremote.environment.mail import read_mail_url


def test_without_one_mails_are_files() -> None:
    assert read_mail_url("").backend == "django.core.mail.backends.filebased.EmailBackend"


@pytest.mark.parametrize(
    ("url", "port", "tls"),
    [
        ("smtp://mail.example.com", 25, (False, False)),
        ("smtp+tls://mail.example.com", 587, (True, False)),
        ("smtps://mail.example.com", 465, (False, True)),
        ("smtp+tls://mail.example.com:2525/", 2525, (True, False)),
    ],
)
def test_each_way_has_its_port(url: str, port: int, tls: tuple[bool, bool]) -> None:
    server = read_mail_url(url)
    assert (server.host, server.port, (server.use_tls, server.use_ssl)) == ("mail.example.com", port, tls)
    assert server.backend == "django.core.mail.backends.smtp.EmailBackend"


def test_user_and_password_may_hold_anything() -> None:
    server = read_mail_url("smtps://fleet%40example.com:p%3A%2F@mail.example.com")
    assert (server.user, server.password) == ("fleet@example.com", "p:/")


@pytest.mark.parametrize(
    "url", ["mail.example.com", "http://mail.example.com", "smtp://", "smtp://u:secret@host:port", "smtp://host/x"]
)
def test_a_wrong_one_fails_loudly_but_keeps_its_secret(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="EMAIL_URL") as error:
        read_mail_url(url)
    assert "secret" not in str(error.value)
