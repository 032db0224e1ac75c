"""Whoever shows a password passes here (settings.AUTHENTICATION_BACKENDS): tries are counted, too many not looked at.

A name and an address are counted apart, so that a thousand tries from one address cost the name's owner nothing, and
many names tried from one address are soon too many. Nobody can be locked out for good: from a browser or an address
from which the person has come before they come in whatever others try elsewhere, and a link by mail makes a new
browser such a one (console/accounts/passwords.py). Answers to wrong ones come late besides (fleetremote/front/tries/).
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest

from console.entrance import browsers, visits
from console.entrance.limits import Count, Counted, Limit, count, network_of, site_of, take_back

_QUARTER, _HOUR = timedelta(minutes=15), timedelta(hours=1)

OF_BROWSER = Limit("browser", 10, _QUARTER)
"""Of a name, in a browser from which it has logged in before."""

OF_PAIR = Limit("pair", 10, _QUARTER)
"""Of a name, from one address."""

OF_NAME = Limit("name", 50, _HOUR)
"""Of a name, from all addresses that it has not come from before."""

OF_ADDRESS = Limit("address", 100, _HOUR)
"""From one address, whatever the names."""

NAMES = Limit("names", 20, _HOUR)
"""Names that are tried from one address."""

NAMES_OF_SITE = Limit("site", 60, _HOUR)
"""The same from a /48 of IPv6: whoever has one has 65,536 addresses of those above."""

OF_KNOWN_ADDRESS = Limit("known", 200, _HOUR)
"""From one address, of names that have come from there before, once the bounds for others are reached."""

IN_ALL = Limit("all", 300, _HOUR)
"""From all unknown browsers. Beyond it many names are sprayed from many addresses, and each has fewer tries."""

OF_PAIR_WHILE_SPRAYED = 3

LONGEST = 150
"""Characters of a name that anybody has."""

_TOO_MANY = "_too_many_tries"


class TooMany(Exception):
    """Not looked at; `seconds` until it is again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


class Guard(ModelBackend):
    """Django's own, behind the counts. Nothing is asked after it: what it does not let in is refused."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User:
        """The person. Raises PermissionDenied, which ends the looking; too_many() then says whether for too many."""
        if not username or password is None:
            raise PermissionDenied
        try:
            counted = enter(request, username)
        except TooMany as refusal:
            if request is not None:
                setattr(request, _TOO_MANY, refusal.seconds)
            raise PermissionDenied from None
        found = super().authenticate(request, username=username, password=password)
        if not isinstance(found, User):
            raise PermissionDenied
        take_back(counted)
        return found


def too_many(request: HttpRequest) -> int:
    """Seconds until passwords are looked at again, where they were not in this request; else 0."""
    return int(getattr(request, _TOO_MANY, 0))


def enter(request: HttpRequest | None, name: str) -> list[Counted]:
    """Count one try, and give what is taken back when it is right. Raises TooMany."""
    name = name[: LONGEST + 1]
    if browser := browsers.known(request, name):
        return _Try(name, "").within(OF_BROWSER.of(browser, name))
    address = str(request.META.get("REMOTE_ADDR") or "") if request is not None else ""
    return _Try(name, network_of(address)).of_stranger()


@dataclass
class _Try:
    """One try from a network: what it has been counted in so far."""

    name: str
    network: str
    counted: list[Counted] = field(default_factory=list)
    _is_at_home: bool = False

    def within(self, *limits: Counted) -> list[Counted]:
        for each in limits:
            self._refuse_over(self._count(each))
        return self.counted

    def of_stranger(self) -> list[Counted]:
        """What is refused for one count is not counted in the next: no address uses up what others may."""
        self._refuse_strangers_over(self._count(OF_ADDRESS.of(self.network)))
        of_pair = self._count(OF_PAIR.of(self.name, self.network))
        self._refuse_over(of_pair)
        if of_pair.number == 1:
            for each in self._names():
                self._refuse_strangers_over(self._count(each))
        self._refuse_strangers_over(self._count(OF_NAME.of(self.name)))
        in_all = self._count(IN_ALL.of())
        if of_pair.number > OF_PAIR_WHILE_SPRAYED:
            self._refuse_strangers_over(in_all)
        return self.counted

    def _names(self) -> list[Counted]:
        site = site_of(self.network)
        return [NAMES.of(self.network), *([NAMES_OF_SITE.of(site)] if site else [])]

    def _count(self, counted: Counted) -> Count:
        self.counted.append(counted)
        return count(counted)

    def _refuse_over(self, found: Count) -> None:
        if found.is_over:
            raise TooMany(found.seconds)

    def _refuse_strangers_over(self, found: Count) -> None:
        if not found.is_over or self._is_at_home:
            return
        if not visits.has_come_from(self.name, self.network):
            raise TooMany(found.seconds)
        # All behind a proxy that is not named have one address: it is no free pass.
        self._is_at_home = True
        self._refuse_over(self._count(OF_KNOWN_ADDRESS.of(self.network)))
