"""Settings come from the environment, and a mistake there is not passed over."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

import fleetremote.settings

SECRETS = ["SECRET_KEY", "FIELD_KEYS", "DATABASE_URL", "REDIS_URL"]


def read() -> dict[str, Any]:
    """The settings, as a new process reads them."""
    return runpy.run_path(fleetremote.settings.__file__)


@pytest.mark.parametrize("name", SECRETS)
def test_a_missing_one_fails_loudly(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(ImproperlyConfigured, match=rf"{name} is not set\. Set it, or {name}_FILE"):
        read()


@pytest.mark.parametrize("name", ["SECRET_KEY", "REDIS_URL"])
def test_a_file_may_hold_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str) -> None:
    """With the line's end that editors write."""
    monkeypatch.delenv(name)
    secret = tmp_path / "secret"
    secret.write_text("unix:///somewhere/in/the/depths?db=0\n")
    monkeypatch.setenv(f"{name}_FILE", str(secret))
    assert read()[name] == "unix:///somewhere/in/the/depths?db=0"


def test_a_file_that_is_not_there_is_told_with_its_variable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SECRET_KEY")
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "none"))
    with pytest.raises(ImproperlyConfigured, match=r"SECRET_KEY_FILE names .*none, which can't be read"):
        read()


def test_the_databases_password_may_be_a_file_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "password").write_text("p@ss/word:\n")
    monkeypatch.setenv("DATABASE_URL", "postgres://fleetremote@postgres:5432/fleetremote")
    monkeypatch.setenv("DATABASE_PASSWORD_FILE", str(tmp_path / "password"))
    assert read()["DATABASES"]["default"]["PASSWORD"] == "p@ss/word:"


def test_the_variable_goes_before_the_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY_FILE", str(tmp_path / "not there"))
    mine = "mine-and-nobody-elses-0123456789"
    monkeypatch.setenv("SECRET_KEY", mine)
    assert read()["SECRET_KEY"] == mine


@pytest.mark.parametrize(
    ("given", "trusted"),
    [
        *((no, False) for no in ("", "0", "false", "no", "off", "Off")),
        *((yes, True) for yes in ("1", "true", "yes", "on", "ON", " True ")),
    ],
)
def test_what_a_proxy_says_is_believed_only_where_there_is_one(
    monkeypatch: pytest.MonkeyPatch, given: str, trusted: bool
) -> None:
    monkeypatch.setenv("BEHIND_PROXY", given)
    assert (read()["SECURE_PROXY_SSL_HEADER"] is not None) == trusted


@pytest.mark.parametrize("name", ["DEBUG", "BEHIND_PROXY", "CALLBACK_ALLOW_HTTP"])
@pytest.mark.parametrize("given", ["maybe", "2", "enabled", "oui"])
def test_a_flag_that_is_neither_yes_nor_no_is_refused_with_words(
    monkeypatch: pytest.MonkeyPatch, name: str, given: str
) -> None:
    monkeypatch.setenv(name, given)
    with pytest.raises(ImproperlyConfigured, match=f"{name} is neither yes nor no. Write one of 1, true, yes, on"):
        read()


@pytest.mark.parametrize(
    "given",
    [
        *("http://id.example.com", "id.example.com", "https://", "https://id.example.com/?a=b"),
        *("https://[::1", "https://id.example.com:x", "https://id.example.com:99999", "https://me:pw@id.example.com"),
        *(
            "https://id.example.com; script-src *",
            "https://id.example.com/a b",
            "https://id.example.com,https://b.example",
        ),
    ],
)
def test_a_provider_of_single_sign_on_is_asked_over_https(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    for name in ("OIDC_CLIENT_ID", "OIDC_CLIENT_SECRET"):
        monkeypatch.setenv(name, "x")
    monkeypatch.setenv("OIDC_ISSUER", given)
    with pytest.raises(ImproperlyConfigured, match=r"OIDC_ISSUER is .* Write the issuer's address"):
        read()


@pytest.mark.parametrize("given", ["0.0.0.0/0", "10.0.0.0/8, ::/0"])
def test_nobody_believes_everybody_about_whose_request_it_is(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("TRUSTED_PROXIES", given)
    with pytest.raises(ImproperlyConfigured, match=r"TRUSTED_PROXIES: .*/0 is everybody.* Name your proxies alone"):
        read()


@pytest.mark.parametrize("given", ["Client Cert", "Client_Cert", "Client-Cert:", "Zertifikat-\u00fc"])
def test_the_header_of_a_certificate_is_one_that_proxies_send(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("CLIENT_CERTIFICATE_HEADER", given)
    with pytest.raises(ImproperlyConfigured, match=r"CLIENT_CERTIFICATE_HEADER is .* Write the name of a header"):
        read()


def test_a_provider_has_given_a_secret_and_may_be_led_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OIDC_ISSUER", "https://id.example.com/tenant")
    monkeypatch.setenv("OIDC_CLIENT_ID", "x")
    with pytest.raises(ImproperlyConfigured, match="OIDC_CLIENT_SECRET is not"):
        read()
    monkeypatch.setenv("OIDC_CLIENT_SECRET", "y")
    found = read()
    assert found["OIDC_NAME"] == "id.example.com"
    assert "https://id.example.com" in found["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]["form-action"]


def test_roles_that_need_a_second_factor_are_some_that_there_are(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECOND_FACTOR_ROLES", "admin, manager")
    assert read()["SECOND_FACTOR_ROLES"] == ["admin", "manager"]
    monkeypatch.setenv("SECOND_FACTOR_ROLES", "boss")
    with pytest.raises(ImproperlyConfigured, match=r"there is no role 'boss'\. Write some of admin, auditor, manager"):
        read()


@pytest.mark.parametrize(("url", "secure"), [("https://fleet.example.com", True), ("http://127.0.0.1:8000", False)])
def test_cookies_go_over_https_alone_where_the_pages_do(
    monkeypatch: pytest.MonkeyPatch, url: str, secure: bool
) -> None:
    monkeypatch.setenv("PUBLIC_URL", url)
    found = read()
    assert [found[name] for name in ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE")] == [secure, secure]
