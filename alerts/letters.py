"""Writes an e-mail about alerts: plain text, the newest of each first, with links to the pages."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.timezone import localtime

from alerts.places import path_of, url_of
from remotes.asking.ask import rules_of
from remotes.models import Alert, AlertLine, AlertMail
from remotes.words.describe import counted

# Lines of a mail; the rest is on the page.
MOST = 30

_SUBJECT = 150


def letter(mail: AlertMail, lines: Sequence[AlertLine]) -> EmailMessage:
    """The e-mail that tells the lines, at least one; the same at each call."""
    host = urlsplit(settings.PUBLIC_URL).hostname or "fleetremote"
    return EmailMessage(
        subject=_one_line(f"[FleetRemote] {_subject(lines)}")[:_SUBJECT],
        body="\n".join(_body(lines)),
        to=[mail.user.email],
        headers={"Message-ID": f"<{mail.message_id}@{host}>", "Auto-Submitted": "auto-generated"},
    )


def _subject(lines: Sequence[AlertLine]) -> str:
    if len(lines) > 1:
        fleets = dict.fromkeys(_fleet(line.alert) for line in lines)
        return f"{counted(len(lines), 'alert')}: {', '.join(fleets)}"
    line = lines[0]
    return f"{_fleet(line.alert)}: {_title(line)}"


def _title(line: AlertLine) -> str:
    """The kind with the vehicle, and what is news about it unless it is the alert itself."""
    alert = line.alert
    about = f" ({alert.vehicle.full_name})" if alert.vehicle else ""
    news = "" if line.what == AlertLine.What.RAISED else f"{line.get_what_display()}: "
    return f"{news}{alert.get_kind_display()}{about}"


def _body(lines: Sequence[AlertLine]) -> list[str]:
    body: list[str] = []
    for line in lines[:MOST]:
        alert = line.alert
        at = alert.cleared_at if line.what == AlertLine.What.CLEARED and alert.cleared_at else line.at
        moment = localtime(at, rules_of(alert.fleet_id).zone if alert.fleet_id else None)
        body += [_one_line(f"{_fleet(alert)}: {_title(line)}"), f"{moment:%Y-%m-%d %H:%M %Z}", line.words.strip()]
        body += [url_of(path_of(alert)), ""]
    if len(lines) > MOST:
        body += [f"And {len(lines) - MOST} more.", ""]
    pages = dict.fromkeys(_choice_path(line.alert) for line in lines)
    return [*body, "What you are told is your choice:", *map(url_of, pages)]


def _choice_path(alert: Alert) -> str:
    return reverse("alerts", args=[alert.fleet.public_id]) if alert.fleet else reverse("fleets")


def _fleet(alert: Alert) -> str:
    return alert.fleet.name if alert.fleet else "All fleets"


def _one_line(text: str) -> str:
    return " ".join(text.split())
