"""A phone with an app for codes, written from RFC 6238 alone; and a person's way to a second factor over pages."""

import base64
import hmac
import re
import struct
import time
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.test import Client

from tests.waiting import wait_until
from tests.world import PASSWORD

SETUP = "/account/second-factor/app"
# Seconds in which a code that was given is typed and looked at.
SPARE = 4


def code_at(secret: str, moment: float) -> str:
    counter = struct.pack(">Q", int(moment) // 30)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06}"


@dataclass
class Phone:
    """Knows a secret, and gives each code once: of the next step where that of now was used."""

    secret: str
    step: int = 0

    def code(self) -> str:
        """The oldest that is good by now and was not given yet; one step of 30 seconds ahead at the most."""
        now = int(time.time()) // 30
        if self.step + 1 < now:
            # The oldest is too old once the next step begins: not given when that is about to be.
            wait_until(lambda: time.time() % 30 < 30 - SPARE, "the next step of 30 seconds")
            now = int(time.time()) // 30
        self.step = max(self.step + 1, now - 1)
        assert self.step <= now + 1, "more codes than the clock has"
        return code_at(self.secret, self.step * 30)

    def wrong(self) -> str:
        """One that is none of these minutes."""
        near = {code_at(self.secret, time.time() + 30 * step) for step in range(-4, 5)}
        return next(code for code in map("{:06}".format, range(20)) if code not in near)


def log_in(person: User, client: Client | None = None) -> Client:
    """With the password, over the page; a second factor is asked for after that."""
    browser = client or Client()
    browser.post("/login", {"username": person.username, "password": PASSWORD})
    return browser


def set_up_app(browser: Client) -> tuple[Phone, list[str]]:
    """An app, in a session that has just logged in with a password; gives it with the recovery codes."""
    phone = phone_of(browser)
    done = browser.post(SETUP, {"passcode": phone.code()})
    assert done.status_code == 303, done.content
    return phone, recovery_codes(browser)


def phone_of(browser: Client) -> Phone:
    """One that has read the secret of the page."""
    page = browser.get(SETUP)
    assert page.status_code == 200, page
    found = re.search(r'id="secret">([A-Z2-7 ]+)<', page.content.decode())
    assert found
    return Phone(found.group(1).replace(" ", ""))


def recovery_codes(browser: Client) -> list[str]:
    """Those that the page shows, once."""
    page = browser.get("/account/second-factor/codes").content.decode()
    return re.findall(r"<li><code>(\d{5} \d{5})</code></li>", page)
