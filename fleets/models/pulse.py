"""Signs of life."""

from django.db import models


class Pulse(models.Model):
    """One process that works in the background, written by itself every few seconds, outside of Celery.

    `kind`: the queue that it serves, or `clock`. `heard_at`: when Celery gave it something to do last; of the clock,
    when it looked last what is due.
    """

    name = models.CharField(max_length=200, primary_key=True)
    kind = models.CharField(max_length=20)
    at = models.DateTimeField()
    heard_at = models.DateTimeField()

    class Meta:
        verbose_name = "sign of life"
        verbose_name_plural = "signs of life"

    def __str__(self) -> str:
        return self.name
