"""Somebody's way in by single sign-on: from the login to the provider, and back."""

from typing import Any
from urllib.parse import urlsplit

import requests
from django.test import Client

START, BACK = "/login/single-sign-on", "/login/single-sign-on/back"


def begin(browser: Client, **form: str) -> str:
    """Where the login leads on to."""
    answer = browser.post(START, form)
    assert answer.status_code == 303, answer.content
    return str(answer["Location"])


def at_provider(address: str) -> str:
    """Where the provider leads back to, as the browser asks for it here."""
    answer = requests.get(address, allow_redirects=False, timeout=5)
    assert answer.status_code == 303, answer.text
    back = urlsplit(answer.headers["Location"])
    return f"{back.path}?{back.query}"


def sign_on(browser: Client | None = None, **form: str) -> tuple[Client, Any]:
    """All the way; gives the browser and the answer to the way back."""
    browser = browser or Client()
    return browser, browser.get(at_provider(begin(browser, **form)))


def is_in(browser: Client) -> bool:
    return bool(browser.get("/").status_code == 200)
