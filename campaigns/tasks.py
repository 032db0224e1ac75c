"""Celery's entry points. Each may run twice, late or never: what is due stands in the rows."""

from celery import shared_task

from campaigns.bulk import planning, running
from campaigns.schedules import running as schedules


@shared_task
def run_bulks() -> None:
    running.run_all()


@shared_task
def run_schedules() -> None:
    schedules.run_due()


@shared_task
def prune_bulks() -> None:
    planning.prune()
    running.follow_corrections()
