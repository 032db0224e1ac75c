"""Remembers how far a look has come in a table that only grows."""

from django.db import models
from django.db.models import Max, QuerySet

from remotes.models import AlertMark


def new_rows(name: str, model: type[models.Model]) -> QuerySet:
    """The rows since the look before the last one, all of them at least once; none at the very first look.

    Ids are given before the commit, so each look goes over the last one's rows too. Call it in a transaction: when the
    caller fails, the next look finds the same rows. Another worker's look meanwhile finds none.
    """
    rows = model._default_manager
    newest = rows.aggregate(newest=Max("pk"))["newest"] or 0
    mark = AlertMark.objects.select_for_update(skip_locked=True).filter(pk=name).first()
    if mark is None:
        AlertMark.objects.get_or_create(name=name, defaults={"position": newest, "earlier": newest})
        return rows.none()
    since, mark.earlier, mark.position = mark.earlier, mark.position, newest
    mark.save()
    return rows.filter(pk__gt=since)
