"""The titles of remote types and commands in the reader's language: the catalogue knows no Django, and is English."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from protocol.catalogue import Command, RemoteType

# As the catalogue has them, for the translators; a test compares.
TITLES = (
    _("Lock or unlock"),
    _("Lock"),
    _("Unlock"),
    _("Lights"),
    _("Flash lights"),
    _("Lights off"),
    _("Horn"),
    _("Honk"),
    _("Stop horn"),
    _("Refresh state"),
    _("Wake up"),
    _("Cabin climate"),
    _("Start climate"),
    _("Stop climate"),
    _("Charging"),
    _("Start charging"),
    _("Stop charging"),
    _("Immobilise"),
    _("Release immobiliser"),
    _("Stolen vehicle"),
    _("Mark as stolen"),
    _("Clear stolen mark"),
    _("Send a route"),
    _("Find vehicle"),
    _("Theft alarm"),
    _("Wipe personal data"),
)


def title_of(entry: RemoteType | Command) -> str:
    """What a page calls it."""
    return gettext(entry.title)
