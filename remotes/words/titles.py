"""The titles of remote types and commands in the reader's language: the catalogue knows no Django, and is English."""

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

from protocol.catalogue import REMOTE_TYPES, Command, RemoteType
from protocol.why import Why, code

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


_CODES = {name: code(f"type-{name}", entry.title) for name, entry in REMOTE_TYPES.items()}


def title_why(remote_type: RemoteType) -> Why:
    """The title as a value of what says why."""
    return Why(_CODES[remote_type.name])


def title_of(entry: RemoteType | Command) -> str:
    """What a page calls it."""
    return gettext(entry.title)
