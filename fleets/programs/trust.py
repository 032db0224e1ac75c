"""Services that two people have trusted to send what else needs a second person."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from fleets.audit.doer import doer
from fleets.audit.entries import SYSTEM, About, Actor, Origin, person, record_operation
from fleets.models import ApiClient, Fleet, Proposal, Trust
from fleets.proposals import codes
from fleets.proposals.kinds import NotAllowed
from fleets.proposals.proposing import propose
from fleets.storage import clock
from protocol.catalogue import REMOTE_TYPES
from protocol.why import Why

KIND = "trust"
"""Of the proposals."""


def trusted_of(fleet: Fleet) -> QuerySet[Trust]:
    """What holds in the fleet now, with the clients."""
    return Trust.objects.filter(fleet=fleet, ended_at=None).select_related("client").order_by("client__name", "pk")


def holds(client_id: int | None, fleet_id: int, remote_type: str) -> Trust | None:
    """The trust that the client has in the fleet for the type, if any."""
    if client_id is None:
        return None
    return Trust.objects.filter(client=client_id, fleet=fleet_id, remote_type=remote_type, ended_at=None).first()


def is_trusted(client: ApiClient, fleet_id: int, remote_type: str) -> bool:
    """Whether what the client asks for now needs no second person.

    Where it has shown a password (`client.used_secret`), that must have been there when the trust was granted.
    """
    trust = holds(client.pk, fleet_id, remote_type)
    if trust is None:
        return False
    used = client.used_secret
    return used is not None and used.made_at <= trust.granted_at


def ask_for(client: ApiClient, fleet: Fleet, types: Iterable[str], *, by: User, reason: str) -> Proposal:
    """Propose it; whoever may know a password of the client can't approve. Raises NotAllowed."""
    document = {"client": client.pk, "name": client.name, "types": sorted(set(types))}
    return propose(fleet, KIND, document, by=by, reason=reason, touched=holders(client))


def holders(client: ApiClient) -> set[int]:
    """Keys of the people who may know a password of it, or may have handed one on."""
    owner = {client.owner_id} if client.owner_id else set()
    return {*client.known_to} | owner


def grant(proposal: Proposal) -> None:
    """What two people have agreed on."""
    client = ApiClient.objects.filter(pk=proposal.document["client"], active=True, fleets=proposal.fleet_id).first()
    if client is None or proposal.fleet is None:
        raise NotAllowed(Why(codes.TRUST_CLIENT_GONE))
    set_up(client, proposal.fleet, proposal.document["types"], proposal)


def hinders(proposal: Proposal, user: User) -> Why | None:
    """Whoever may know a password by now can't approve either."""
    client = ApiClient.objects.filter(pk=proposal.document["client"]).first()
    return Why(codes.ANOTHER_PERSON) if client is not None and user.pk in holders(client) else None


def set_up(client: ApiClient, fleet: Fleet, types: Iterable[str], proposal: Proposal | None = None) -> None:
    """Trust the client from now on, with the passwords that it has now. Two have agreed, or a machine is set up."""
    now = clock.now()
    for name in types:
        Trust.objects.update_or_create(
            client=client,
            fleet=fleet,
            remote_type=name,
            ended_at=None,
            defaults={"granted_at": now, "proposal": proposal},
        )


def describe(proposal: Proposal) -> Why:
    types = ", ".join(REMOTE_TYPES[name].title for name in proposal.document["types"] if name in REMOTE_TYPES)
    return Why(codes.TRUST, client=proposal.document["name"], types=types)


def end(trust: Trust, user: User | None) -> None:
    """Take it back at once; one person is enough."""
    with transaction.atomic():
        ended = Trust.objects.filter(pk=trust.pk, ended_at=None).update(ended_at=clock.now(), ended_by=user)
        if ended:
            who = doer()
            actor: Actor = SYSTEM if user is None else person(user)
            record_operation(
                About(f"client {trust.client_id}", trust.fleet_id),
                "ended the trust in an API client",
                actor=actor,
                origin=who.origin if who is not None else Origin.SYSTEM,
                reason="",
                document={"remoteType": trust.remote_type, "client": str(trust.client)},
            )
