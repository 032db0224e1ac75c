"""How long what holds positions is kept (settings.POSITION_DAYS)."""

from datetime import datetime, timedelta

from django.conf import settings


def kept(days: int) -> timedelta:
    """How long bodies are kept that are kept for `days`: since they may hold positions, no longer than these."""
    return timedelta(days=min(days, settings.POSITION_DAYS) if settings.POSITION_DAYS else days)


def positions_before(now: datetime) -> datetime | None:
    """Positions that are older are forgotten; None where they are kept for as long as what holds them."""
    return now - timedelta(days=settings.POSITION_DAYS) if settings.POSITION_DAYS else None
