"""What needs a person now, the gravest first, each in a sentence that leads to where something can be done."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext, ngettext

from console.alerts.listing import alerts_of
from console.notices import Notice
from console.overview.background import of_background
from console.overview.need import Need
from fleets.access import is_narrowed
from fleets.models import CALLBACK_FAILED, ApiClient, ApiSecret, Fleet, LeftOut, UpstreamFleet
from fleets.programs.people import left_behind, ownerless
from fleets.proposals import open_of
from fleets.rights import Right
from fleets.words.numbers import Tone
from remotes.counts.conditions import CONDITIONS, LATELY, OPEN, Standing
from remotes.counts.counting import CAP, Number, count
from remotes.counts.tally import Tally
from remotes.finding.vehicles import VehicleFilter
from remotes.intake.unread import unread
from remotes.life.lateness import is_late
from remotes.models import InboundRequest, RemoteAction, RemoteEvent, Review


@dataclass(frozen=True)
class Counts:
    """Open actions by how they stand, open alerts, news of actions that nobody here has asked for, and API clients for
    which nobody answers, or a password of which somebody may know who has left.

    `reviews`: sent without a second person, and nobody has looked into it; `changes` wait for a second person; `late`
    are under way for longer than their type takes. What failed in the background: vehicles whose `states` can't be
    read, notifications that are `unread`, what a sync has `left_out`, and `callbacks` of ours that could not be
    registered.
    """

    open: dict[Standing, Number]
    alerts: Number
    orphans: Number
    clients: Number
    reviews: Number
    changes: Number
    late: Number
    states: Number
    unread: Number
    left_out: Number
    callbacks: Number


def counts_of(fleet: Fleet, now: datetime) -> Counts:
    """One statement."""
    actions = RemoteAction.objects.filter(fleet=fleet)
    found = count(
        {
            "alerts": alerts_of(fleet).filter(cleared_at__isnull=True),
            "orphans": _orphans(fleet, now),
            "clients": _left_alone(fleet),
            # Of the whole fleet, which is nothing to who sees some of its vehicles.
            "reviews": _of_all(Review.objects.filter(fleet=fleet, closed_at__isnull=True), fleet),
            "changes": _of_all(open_of(fleet), fleet),
            "late": actions.filter(is_late(now)),
            "states": VehicleFilter(reading="failed").of(fleet),
            "unread": unread(fleet),
            "left_out": LeftOut.objects.filter(fleet=fleet),
            "callbacks": UpstreamFleet.objects.filter(CALLBACK_FAILED, fleet=fleet, gone_at__isnull=True),
            **{outcome: actions.filter(CONDITIONS[outcome]) for outcome in OPEN},
        }
    )
    others = {name: number for name, number in found.items() if name not in OPEN}
    return Counts(open={outcome: found[outcome] for outcome in OPEN}, **others)


def needs_of(fleet: Fleet, notices: Sequence[Notice], tally: Tally, failed: Number, counts: Counts) -> list[Need]:
    """`failed` are the callbacks that are Failed. No statement."""
    stopped = [_stopped(fleet, notice) for notice in notices]
    counted = chain(
        _of_actions(fleet, tally, counts),
        _of_second_person(fleet, counts),
        _of_others(fleet, failed, counts),
        of_background(fleet, counts),
    )
    by_tone = [Tone.BAD, Tone.WARN, Tone.PLAIN]
    return sorted([*stopped, *[need for need in counted if need.number]], key=lambda need: by_tone.index(need.tone))


def _of_all(rows: QuerySet[Any], fleet: Fleet) -> QuerySet[Any]:
    # Not none(), of which nothing can be counted beside others.
    return rows.filter(pk__lt=0) if is_narrowed(fleet) else rows


def _orphans(fleet: Fleet, now: datetime) -> QuerySet[RemoteEvent]:
    """Those of the last 24 hours, among the newest of all fleets."""
    orphans = RemoteEvent.objects.filter(action__isnull=True)
    first = Coalesce(Subquery(orphans.order_by("-pk").values("pk")[CAP : CAP + 1]), 0)
    told = InboundRequest.objects.filter(pk=OuterRef("inbound_request_id"), upstream_fleet__fleet=fleet)
    return orphans.filter(Exists(told), pk__gte=first, received_at__gte=now - LATELY)


def _left_alone(fleet: Fleet) -> QuerySet[ApiClient]:
    clients = ApiClient.objects.filter(active=True, pk__in=fleet.api_clients.values("pk"))
    alone = ownerless(clients).values("pk")
    known = left_behind(ApiSecret.objects.filter(client__in=clients)).values("client")
    return clients.filter(Q(pk__in=alone) | Q(pk__in=known))


def _stopped(fleet: Fleet, notice: Notice) -> Need:
    path = reverse("sending", args=[fleet.public_id])
    return Need(notice.words, notice.more, path, Tone.BAD if notice.is_bad else Tone.WARN, since=notice.since)


def _of_actions(fleet: Fleet, tally: Tally, counts: Counts) -> list[Need]:
    path = reverse("actions", args=[fleet.public_id])
    left, unknown, approval = tally.left, counts.open[Standing.UNKNOWN], counts.open[Standing.APPROVAL]
    return [
        Need(
            ngettext("action failed and was not tried again", "actions failed and were not tried again", left.value),
            gettext("In the last 24 hours. See why, and whether to try again."),
            f"{path}?outcome={Standing.LEFT}&span=24h",
            Tone.BAD,
            left,
        ),
        Need(
            ngettext("action has an unknown outcome", "actions have an unknown outcome", unknown.value),
            gettext("We keep asking the manufacturer's cloud. Whoever sees the vehicle can say what happened."),
            f"{path}?outcome={Standing.UNKNOWN}",
            Tone.WARN,
            unknown,
        ),
        Need(
            ngettext("action is late", "actions are late", counts.late.value),
            gettext("Others of their type have long ended by then. See what each of them waits for."),
            f"{path}?outcome={Standing.LATE}",
            Tone.WARN,
            counts.late,
        ),
        Need(
            ngettext("action waits for approval", "actions wait for approval", approval.value),
            gettext("Another manager must approve it, or it expires."),
            reverse("approvals", args=[fleet.public_id])
            if not is_narrowed(fleet)
            else f"{path}?outcome={Standing.APPROVAL}",
            Tone.WARN,
            approval,
        ),
    ]


def _of_second_person(fleet: Fleet, counts: Counts) -> list[Need]:
    path = reverse("approvals", args=[fleet.public_id])
    return [
        Need(
            ngettext(
                "action was sent without a second person",
                "actions were sent without a second person",
                counts.reviews.value,
            ),
            gettext("Another manager must look into it."),
            path,
            Tone.BAD,
            counts.reviews,
        ),
        Need(
            ngettext("change waits for a second person", "changes wait for a second person", counts.changes.value),
            gettext("Nothing changes until somebody else has decided."),
            path,
            Tone.WARN,
            counts.changes,
        ),
    ]


def _of_others(fleet: Fleet, failed: Number, counts: Counts) -> list[Need]:
    member = fleet.own_member
    may_change_clients = member is not None and member.may(Right.CHANGE_CLIENTS)
    return [
        *([_of_clients(fleet, counts.clients)] if may_change_clients else []),
        Need(
            ngettext("callback takes no notifications", "callbacks take no notifications", failed.value),
            gettext("What happens is kept for 3 days."),
            reverse("callbacks", args=[fleet.public_id]),
            Tone.BAD,
            failed,
        ),
        Need(
            ngettext("alert is open", "alerts are open", counts.alerts.value),
            gettext("What people were told of and must see to."),
            reverse("alerts", args=[fleet.public_id]),
            Tone.WARN,
            counts.alerts,
        ),
        Need(
            ngettext(
                "message of the manufacturer is about an action that nobody here asked for",
                "messages of the manufacturer are about actions that nobody here asked for",
                counts.orphans.value,
            ),
            gettext("In the last 24 hours. Another client may send to these vehicles."),
            reverse("orphans", args=[fleet.public_id]),
            Tone.PLAIN,
            counts.orphans,
        ),
    ]


def _of_clients(fleet: Fleet, alone: Number) -> Need:
    return Need(
        ngettext(
            "API client has nobody who answers for it", "API clients have nobody who answers for them", alone.value
        ),
        gettext("Its owner has left, or somebody who may know its password. Say who owns it, and make a new password."),
        reverse("clients", args=[fleet.public_id]),
        Tone.WARN,
        alone,
    )
