"""Whose account here it is: known by the provider's own key for them (`sub`), and the first time by their address."""

from hashlib import sha256
from typing import Any

from allauth.socialaccount.models import SocialAccount
from django.conf import settings
from django.contrib.auth.models import AnonymousUser, User
from django.db import transaction
from django.db.models import QuerySet

from console.factors import told
from console.sign_on.refusals import ANOTHER, INACTIVE, SEVERAL, UNKNOWN, UNVERIFIED, Refused
from fleets.audit.changes import record_changed
from fleets.audit.entries import About, Origin, person

CONNECTED = "connected single sign-on"

Claims = dict[str, Any]

_LONGEST = 191
"""Characters of a key that the library's table has room for."""

_LONGEST_NAME = 140
"""Characters of a name, and then a number where another has it."""


def person_of(claims: Claims) -> User:
    """Whose account it is. Raises Refused; UNKNOWN where nobody here has the address that is theirs."""
    account = _accounts().filter(uid=key_of(claims)).select_related("user").first()
    if account is not None:
        return _active(account.user)
    return _first_time(claims)


def make_invited(claims: Claims) -> User:
    """An account for somebody who was invited, and whom nobody here is: without a password. Raises Refused."""
    address = verified_address(claims)
    name, number = address[:_LONGEST_NAME], 1
    while User.objects.filter(username__iexact=name).exists():
        number += 1
        name = f"{address[:_LONGEST_NAME]}-{number}"
    user = User(username=name, email=address, **_names(claims))
    user.set_unusable_password()
    user.save()
    connect(user, claims, is_told=False)
    return user


def connect(user: User, claims: Claims, *, is_told: bool = True) -> None:
    """From now on whoever has this key at the provider is this person. Raises Refused where they have another one."""
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        if _accounts().filter(user=user).exists():
            raise Refused(ANOTHER)
        _, is_new = SocialAccount.objects.get_or_create(
            provider=settings.OIDC_ISSUER, uid=key_of(claims), defaults={"user": user, "extra_data": {}}
        )
        if not is_new:
            raise Refused(ANOTHER)
        document = {"of": "person", "name": user.get_username(), "issuer": settings.OIDC_ISSUER}
        about = About(f"person {user.pk}")
        record_changed(about, CONNECTED, actor=person(user), origin=Origin.PAGE, document=document)
    if is_told:
        told.signed_on(user, settings.OIDC_NAME)


def has_account(user: User | AnonymousUser) -> bool:
    """Whether the person has come in by the provider once, so that they can do so again."""
    return bool(settings.OIDC_ISSUER) and _accounts().filter(user_id=user.pk or 0).exists()


def is_known(claims: Claims) -> bool:
    """Whether somebody has come in by this key before."""
    return _accounts().filter(uid=key_of(claims)).exists()


def is_of(user: User, claims: Claims) -> bool:
    """Whether these claims are about this person."""
    return _accounts().filter(user_id=user.pk, uid=key_of(claims)).exists()


def verified_address(claims: Claims) -> str:
    """The person's, if the provider says that it is theirs. Raises Refused."""
    address, mark = claims.get("email"), claims.get("email_verified")
    is_one = isinstance(address, str) and "@" in address and address.isprintable()
    if not isinstance(address, str) or not is_one or not (mark is True or mark == "true"):
        raise Refused(UNVERIFIED)
    return address.strip()


def key_of(claims: Claims) -> str:
    """`sub`, or its digest where it is longer than there is room for."""
    sub: str = claims["sub"]
    return sub if len(sub) <= _LONGEST else f"sha256:{sha256(sub.encode()).hexdigest()}"


def same_address(one: str, other: str) -> bool:
    """But for the case of A to Z. The database takes other letters for one, such as ı and i: those are two people's."""
    return one.encode().lower() == other.encode().lower()


def _first_time(claims: Claims) -> User:
    address = verified_address(claims)
    people = [user for user in User.objects.filter(email__iexact=address) if same_address(user.email, address)]
    if not people:
        raise Refused(UNKNOWN)
    if len(people) > 1:
        raise Refused(SEVERAL)
    user = _active(people[0])
    connect(user, claims)
    return user


def _names(claims: Claims) -> dict[str, str]:
    """Of providers that have no parts of it the whole name, as people write it who make their account here."""
    given = {"first_name": claims.get("given_name"), "last_name": claims.get("family_name")}
    if not any(given.values()):
        given["first_name"] = claims.get("name")
    return {name: text[:150] for name, text in given.items() if isinstance(text, str) and text.isprintable()}


def _active(user: User) -> User:
    if not user.is_active:
        raise Refused(INACTIVE)
    return user


def _accounts() -> QuerySet[Any]:
    """Of the provider of today: another one's keys are other people's."""
    found: QuerySet[Any] = SocialAccount.objects.filter(provider=settings.OIDC_ISSUER)
    return found
