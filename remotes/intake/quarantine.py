"""Reads quarantined requests again, once what could not be read has been mended on our side."""

from django.db import transaction
from django.db.models import QuerySet

from remotes.intake import ingest, webhook
from remotes.models import InboundRequest


def replay(requests: QuerySet[InboundRequest]) -> int:
    """Store each request anew with what can be read now, in place of the old row. Gives how many were read.

    Events that were taken in before stay as they are: an event stands once. What another one replays meanwhile is left.
    """
    news = ingest.News()
    count = 0
    for request in requests.select_related("upstream_fleet"):
        sender = request.upstream_fleet
        incoming = ingest.read(sender.pk, sender.gateway_id, request.received_at, bytes(request.body))
        with transaction.atomic():
            if not InboundRequest.objects.filter(pk=request.pk).delete()[0]:
                continue
            more = ingest.store([incoming])
        news.add(more)
        count += 1
    webhook.tell(news)
    return count
