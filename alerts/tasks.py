"""Celery's entry point. It may run twice, late or never: what is due stands in the rows."""

from celery import shared_task

from alerts import sweep as sweeps


@shared_task
def sweep() -> None:
    sweeps.sweep()


@shared_task
def tell_second_person() -> None:
    """Woken by alerts/causes/second_person.py."""
    sweeps.tell_second_person()
