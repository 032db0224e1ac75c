"""API clients as pages list them: each with its owner, its last use, and how it stands."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from console.clients.trusting import trust_of, types_of
from console.clients.words import secret_word, state_word, types_words
from fleets.models import ApiClient, ApiSecret
from fleets.programs.giving import covers, gift_of, held_by
from fleets.programs.people import fleets_to_give, left_behind, may_change, may_hand_on, ownerless
from fleets.simulated import with_mark
from fleets.storage import clock
from fleets.words.numbers import Word

# Clients on a page. More than a company has.
LISTED = 500
# Ended passwords that a client's page shows.
PAST = 20


@dataclass(frozen=True)
class ClientRow:
    """`last_used_at` is the latest of all its passwords; `has_left`: somebody who made a good one has left."""

    client: ApiClient
    word: Word
    types: list[str]
    last_used_at: datetime | None
    has_left: bool


@dataclass(frozen=True)
class SecretRow:
    secret: ApiSecret
    word: Word
    is_good: bool


def client_rows(clients: QuerySet[ApiClient]) -> list[ClientRow]:
    """Active ones first, then by their names. Two statements: the rows, and the owners with them."""
    now = clock.now()
    good = Q(secrets__ended_at=None) & (Q(secrets__ends_at=None) | Q(secrets__ends_at__gt=now))
    rows = clients.select_related("owner").annotate(
        last_used_at=Max("secrets__last_used_at"),
        passwords=Count("secrets", filter=good),
        is_ownerless=Exists(ownerless(ApiClient.objects.filter(pk=OuterRef("pk")))),
        has_left=Exists(left_behind(ApiSecret.objects.filter(client=OuterRef("pk")))),
    )
    return [_row(client) for client in rows.order_by("-active", Lower("name"), "pk")[:LISTED]]


def _row(client: Any) -> ClientRow:
    word = state_word(client, ownerless=client.is_ownerless, passwords=client.passwords)
    return ClientRow(client, word, types_words(client), client.last_used_at, client.has_left)


def secret_rows(client: ApiClient) -> list[SecretRow]:
    """The good ones, newest first, and some of those that are over."""
    now = clock.now()
    has_left = set(left_behind(client.secrets.all()).values_list("pk", flat=True))
    rows = client.secrets.select_related("made_by").order_by(F("ended_at").desc(nulls_first=True), "-pk")
    makers = {row.made_by for row in rows if row.made_by is not None and not row.is_over(now)}
    held = held_by(client)
    lessened = {maker.pk for maker in makers if not covers(gift_of(maker, held.fleets), held)}
    found = [
        SecretRow(
            secret,
            secret_word(
                secret, now, left_behind=secret.pk in has_left, knows_more=(secret.made_by_id or 0) in lessened
            ),
            not secret.is_over(now),
        )
        for secret in rows
    ]
    good = [row for row in found if row.is_good]
    return good + [row for row in found if not row.is_good][:PAST]


def page_of(user: User, client: ApiClient) -> dict[str, Any]:
    """What the client's page shows to this person: of fleets that are not theirs only how many there are, and who knows
    passwords only where they may change them.
    """
    (row,) = client_rows(ApiClient.objects.filter(pk=client.pk))
    fleets = client.fleets.order_by("name", "pk")
    theirs = list(with_mark(fleets.filter(pk__in=fleets_to_give(user))))
    changes = may_change(user, client)
    context = {
        "client": row.client,
        "row": row,
        "fleets": theirs,
        "other_fleets": fleets.count() - len(theirs),
        "may_change": changes,
        "may_hand_on": may_hand_on(user, client),
        "is_bound_in_vain": bool(client.certificate_fingerprint) and not settings.CLIENT_CERTIFICATE_HEADER,
        "urls": {"v3": f"{settings.PUBLIC_URL}/connectedcar/v3", "token": f"{settings.PUBLIC_URL}/as/token.oauth2"},
    }
    if changes:
        context |= {"secrets": secret_rows(client), "known_to": _known_to(client)}
        context |= trust_of(client, theirs) | {"may_be_trusted": client.active and bool(theirs and types_of(client))}
    return context


def _known_to(client: ApiClient) -> list[User]:
    return list(User.objects.filter(pk__in=client.known_to).order_by(Lower("username")))
