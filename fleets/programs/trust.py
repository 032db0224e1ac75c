"""Services that two people have trusted to send what else needs a second person."""

from collections.abc import Iterable

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import QuerySet

from fleets.approvers import behind
from fleets.audit.doer import doer
from fleets.audit.entries import SYSTEM, About, Actor, Origin, person, record_operation
from fleets.models import ApiClient, Fleet, Proposal, Trust
from fleets.programs.people import answers_in, maker_answers, touched_by
from fleets.proposals import codes
from fleets.proposals.kinds import NotAllowed
from fleets.proposals.proposing import propose
from fleets.storage import clock
from fleets.words.types import titles_why
from protocol.why import Why

KIND = "trust"
"""Of the proposals."""


def trusted_of(fleet: Fleet) -> QuerySet[Trust]:
    """What holds in the fleet now, with the clients."""
    return Trust.objects.filter(fleet=fleet, ended_at=None).select_related("client").order_by("client__name", "pk")


def holds(client_id: int | None, fleet_id: int, remote_type: str) -> Trust | None:
    """The trust that the client has in the fleet for the type, if any.

    What two people have agreed on holds while its owner answers for the client; what was set up on the machine itself
    is answered for there.
    """
    if client_id is None:
        return None
    rows = Trust.objects.filter(client=client_id, fleet=fleet_id, remote_type=remote_type, ended_at=None)
    found = rows.select_related("client").first()
    if found is None or (found.proposal_id is not None and not answers_in(found.client, fleet_id)):
        return None
    return found


def is_trusted(client: ApiClient, fleet_id: int, remote_type: str) -> bool:
    """Whether what the client asks for now needs no second person.

    Where it has shown a password (`client.used_secret`), that must have been there when the trust was granted, and
    whoever made it, and so may know it, must still be one who answers for such clients.
    """
    trust = holds(client.pk, fleet_id, remote_type)
    if trust is None:
        return False
    used = client.used_secret
    if used is None or used.made_at > trust.granted_at:
        return False
    return trust.proposal_id is None or maker_answers(used, client, fleet_id)


def ask_for(client: ApiClient, fleet: Fleet, types: Iterable[str], *, by: User, reason: str) -> Proposal:
    """Propose it; whoever may know a password of the client can't approve. Raises NotAllowed."""
    document = {"client": client.pk, "name": client.name, "types": sorted(set(types))}
    return propose(fleet, KIND, document, by=by, reason=reason, touched=holders(client))


def holders(client: ApiClient) -> set[int]:
    """Keys of the people who may know a password of it, or may have handed one on."""
    return touched_by(client)


def grant(proposal: Proposal) -> None:
    """What two people have agreed on."""
    client = ApiClient.objects.filter(pk=proposal.document["client"], active=True, fleets=proposal.fleet_id).first()
    if client is None or proposal.fleet is None:
        raise NotAllowed(Why(codes.TRUST_CLIENT_GONE))
    set_up(client, proposal.fleet, proposal.document["types"], proposal)


def hinders(proposal: Proposal, user: User) -> Why | None:
    """Whoever may know a password by now can't approve either."""
    client = ApiClient.objects.filter(pk=proposal.document["client"]).first()
    if client is None or user.pk not in behind(holders(client), proposal.fleet):
        return None
    return Why(codes.ANOTHER_PERSON)


def set_up(client: ApiClient, fleet: Fleet, types: Iterable[str], proposal: Proposal | None = None) -> None:
    """Trust the client from now on. Two have agreed, or a machine is set up.

    With the passwords that it has now, or had when it was proposed: who made one meanwhile had no part in that.
    """
    now = proposal.asked_at if proposal is not None else clock.now()
    for name in types:
        Trust.objects.update_or_create(
            client=client,
            fleet=fleet,
            remote_type=name,
            ended_at=None,
            defaults={"granted_at": now, "proposal": proposal},
        )


def describe(proposal: Proposal) -> Why:
    return Why(codes.TRUST, client=proposal.document["name"], types=titles_why(proposal.document["types"]))


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


def end_all(client: ApiClient, user: User, *, outside: Iterable[int] | None = None) -> int:
    """Take back what the client is trusted with, all of it or that in fleets other than these (primary keys): it is not
    any more what two people have agreed on. Gives how much that was.
    """
    rows = Trust.objects.filter(client=client, ended_at=None).select_related("client")
    found = list(rows if outside is None else rows.exclude(fleet__in=list(outside)))
    for trust in found:
        end(trust, user)
    return len(found)
