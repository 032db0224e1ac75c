"""Sends people's e-mails about alerts: one a person and minute at the most, with all that came in between; sooner where
a decision is waited for.

A mail is a row before it is sent, and a try is taken by moving its due time on, so that no two workers send it. Only a
worker that ends between the mail server's yes and our commit leaves a mail that is sent again: with the same text and
Message-ID, by which mail systems tell.
"""

import logging
import smtplib
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from alerts.choices import still_to_tell
from alerts.letters import letter
from alerts.rhythm import SECOND_PERSON_KINDS
from fleets.storage import clock
from remotes.models import AlertLine, AlertMail

logger = logging.getLogger(__name__)

# Between two mails to one person.
PAUSE = timedelta(minutes=1)

# Where somebody's decision is waited for.
SHORT_PAUSE = timedelta(seconds=10)

# Longer than a mail server takes, each answer within EMAIL_TIMEOUT.
LEASE = timedelta(minutes=3)

FIRST_RETRY = timedelta(seconds=15)
LONGEST_RETRY = timedelta(minutes=15)

# What is older than that is no news.
LIFE = timedelta(days=3)

# Mails that a sweep sends at the most; the next one goes on.
LIMIT = 100

# The server works, it just does not take this mail.
_THIS_MAIL = (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError, ValueError)


def form_mails(now: datetime) -> None:
    """Put the lines that wait into mails, for those who had none in the last minute and have none waiting."""
    lines = AlertLine.objects.filter(mail__isnull=True)
    urgent = lines.filter(alert__kind__in=SECOND_PERSON_KINDS).exclude(user__in=_had(now - SHORT_PAUSE))
    waiting = lines.exclude(user__in=_had(now - PAUSE)) | urgent
    for user_id in list(waiting.order_by().values_list("user_id", flat=True).distinct()):
        _form(user_id, now)


def send_due(now: datetime) -> None:
    """Send what is due. When the mail server is away the rest waits for the next sweep."""
    due = AlertMail.objects.filter(due_at__lte=now).order_by("due_at")
    for mail in list(due.select_related("user")[:LIMIT]):
        if AlertMail.objects.filter(pk=mail.pk, due_at__lte=now).update(due_at=now + LEASE) and not _send(mail):
            return


def _had(since: datetime) -> QuerySet[Any]:
    """Those who had a mail since then, or have one waiting."""
    mails = AlertMail.objects.filter(sent_at__gt=since) | AlertMail.objects.filter(due_at__isnull=False)
    return mails.values("user")


def _form(user_id: int, now: datetime) -> None:
    with transaction.atomic():
        rows = AlertLine.objects.select_for_update(skip_locked=True).filter(user_id=user_id, mail__isnull=True)
        lines = [line.pk for line in rows]
        if lines:
            mail = AlertMail.objects.create(user_id=user_id, formed_at=now, due_at=now)
            AlertLine.objects.filter(pk__in=lines).update(mail=mail)


def _send(mail: AlertMail) -> bool:
    """Try once and write down what came of it. False when the server is not to be tried again now."""
    if not mail.user.is_active or not mail.user.email:
        return _give_up(mail, "There is no e-mail address to send it to.")
    waiting = mail.lines.select_related("alert__fleet", "alert__vehicle").order_by("-at", "-pk")
    lines = still_to_tell(mail.user, waiting)
    if not lines:
        return _give_up(mail, "The person may not know of this any more.")
    try:
        letter(mail, lines).send()
    except _THIS_MAIL as error:
        return _failed(mail, error)
    except OSError as error:
        logger.warning("The mail server does not take alerts: %s", error)
        _failed(mail, error)
        return False
    AlertMail.objects.filter(pk=mail.pk).update(sent_at=clock.now(), due_at=None, tries=mail.tries + 1, error="")
    return True


def _failed(mail: AlertMail, error: Exception) -> bool:
    now = clock.now()
    if now - mail.formed_at > LIFE:
        return _give_up(mail, str(error))
    wait = min(FIRST_RETRY * 2 ** min(mail.tries, 10), LONGEST_RETRY)
    AlertMail.objects.filter(pk=mail.pk).update(due_at=now + wait, tries=mail.tries + 1, error=_words(error))
    return True


def _give_up(mail: AlertMail, error: str) -> bool:
    AlertMail.objects.filter(pk=mail.pk).update(due_at=None, tries=mail.tries + 1, error=error)
    return True


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
