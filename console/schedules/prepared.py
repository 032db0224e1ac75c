"""What can be prepared for a schedule or under a name: commands that no person has to look at each time."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext as _

from console.forms import REMOTE_FORMS, RemoteForm
from fleets.models import Vehicle
from fleets.vehicles.state import dig
from protocol.canonical import JsonObject, Remote
from protocol.catalogue import COMMANDS, REMOTE_TYPES, Command, RemoteType
from remotes.words.titles import title_of

# Ready-made ones by their name; dangerous ones ask for a reason each time.
PREPARABLE: dict[str, tuple[RemoteType, Command]] = {
    name: (entry, command) for name, (entry, command) in COMMANDS.items() if not entry.dangerous
}


def options_of(name: str, vehicle: Vehicle, data: Any = None) -> RemoteForm | None:
    """The form of the type with this name, None without a name. A 404 for one that can't be prepared."""
    if not name:
        return None
    form = REMOTE_FORMS.get(name)
    if form is None or REMOTE_TYPES[name].dangerous:
        raise Http404
    return form(data, vehicle=vehicle)


def with_options(sends: frozenset[str]) -> list[str]:
    """The names of types in `sends` whose form can do more than their ready-made commands."""
    able = (name for name, form in REMOTE_FORMS.items() if any(way.has_body for way in form.ways))
    return [name for name in able if name in sends and not REMOTE_TYPES[name].dangerous]


def dangerous_titles() -> list[str]:
    return [title_of(entry) for entry in REMOTE_TYPES.values() if entry.dangerous]


def judge(form: RemoteForm) -> bool:
    """Whether the form is valid and what it asks for makes sense at another time than now; else it says why not."""
    if not form.is_valid():
        return False
    if holds_a_date(form.remote.payload):
        form.add_error("way", _("This holds a date, which passes. Choose “Start now”, and send it when it is time."))
        return False
    return True


def holds_a_date(payload: JsonObject) -> bool:
    return dig(payload, "schedule", "nextDelayedTime") is not None


def ready_made(name: str) -> Remote:
    remote_type, command = PREPARABLE[name]
    return Remote(remote_type, command.payload)
