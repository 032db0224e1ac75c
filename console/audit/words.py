"""Entries of the audit in the few words of a list.

What was done is written in English (fleets/audit), so that an auditor reads one language; here it is said in the
reader's, where it is known. What is not known, of an earlier version, stays as it was written.
"""

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from fleets.models import AuditEntry
from fleets.words.why import say
from protocol.catalogue import REMOTE_TYPES
from protocol.why import Why, read_why
from remotes.audit import SEND
from remotes.words import codes
from remotes.words.describe import describe
from remotes.words.failures import told_why
from remotes.words.statuses import STATES, status_word
from remotes.words.titles import title_of

Kind = AuditEntry.Kind
Origin = AuditEntry.Origin
Document = Mapping[str, Any]

KINDS = {
    Kind.ASKED: _("Asked for"),
    Kind.CHECKED: _("Checked"),
    Kind.SENT: _("Sent"),
    Kind.ANSWERED: _("Answered"),
    Kind.ENDED: _("Ended"),
    Kind.OPERATED: _("Decided"),
    Kind.CHANGED: _("Settings"),
    Kind.ENTERED: _("Log-ins"),
    Kind.EXPORTED: _("Taken away"),
    Kind.LOOKED: _("Positions"),
    Kind.ERASED: _("Erased"),
}
ORIGINS = {
    Origin.PAGE: _("A page"),
    Origin.API: _("The API"),
    Origin.SCHEDULE: _("A schedule"),
    Origin.BULK: _("A bulk command"),
    Origin.SYSTEM: _("FleetRemote itself"),
    Origin.ADMIN: _("The admin"),
    Origin.COMMAND: _("A command line"),
}
# What is changed (`of`), and what is taken away (`what` of an export).
THINGS = {
    "person": _("Person"),
    "group": _("Group"),
    "membership": _("Membership"),
    "API client": _("API client"),
    "API client's token": _("Token of an API client"),
    "API client's password": _("Password of an API client"),
    "account's token": _("Token of an account"),
    "fleet": _("Fleet"),
    "vehicle": _("Vehicle"),
    "account": _("Account"),
    "webhook of the manufacturer": _("Webhook of the manufacturer"),
    "approver": _("Approver"),
    "shared view": _("Shared view"),
    "callback": _("Callback"),
    "channel": _("Channel"),
    "alert choice": _("Choice of alerts"),
    "connection": _("Connection"),
    "the vehicles": _("Vehicles"),
    "the actions": _("Actions"),
    "a bulk command": _("Bulk command"),
    "labels and plates": _("Labels and plates"),
    "the audit": _("Audit"),
}
CHANGES = {
    "created": _("%(thing)s “%(name)s” created"),
    "changed": _("%(thing)s “%(name)s” changed"),
    "deleted": _("%(thing)s “%(name)s” deleted"),
    "given new secrets": _("%(thing)s “%(name)s” given new secrets"),
    "confirmed": _("%(thing)s “%(name)s” confirmed"),
    "ended": _("%(thing)s “%(name)s” ended"),
}
DEEDS = {
    "cancelled": _("Cancelled"),
    "approved": _("Approved"),
    "refused": _("Refused as the second person"),
    "broke the glass": _("Sent without a second person"),
    "closed the review": _("Looked into what was sent without a second person"),
    "gave up looking for it": _("Gave up looking for it"),
    "changed the rules": _("Changed the rules"),
    "changed labels and plates": _("Changed labels and plates"),
    "became the first admin": _("Became the first admin"),
    "invited somebody": _("Invited somebody"),
    "sent an invitation again": _("Sent an invitation again"),
    "withdrew an invitation": _("Withdrew an invitation"),
    "accepted an invitation": _("Accepted an invitation"),
    "gave rights when it was taken over": _("Gave rights when it was taken over"),
    "made a schedule": _("Made a schedule"),
    "changed a schedule": _("Changed a schedule"),
    "paused a schedule": _("Paused a schedule"),
    "resumed a schedule": _("Resumed a schedule"),
    "ended a schedule": _("Ended a schedule"),
    "started a bulk command": _("Started a bulk command"),
    "stopped a bulk command": _("Stopped a bulk command"),
    "saved a command": _("Saved a command"),
    "deleted a command": _("Deleted a command"),
    "saved a place": _("Saved a place"),
    "deleted a place": _("Deleted a place"),
    "decided: it was carried out": _("Decided that it was carried out"),
    "decided: it was not carried out": _("Decided that it was not carried out"),
    "stopped every sending": _("Stopped every sending"),
    "allowed sending again": _("Allowed sending again"),
    "took the demo away": _("Took the demo away"),
    "changed their password": _("Changed their password"),
    "set a new password by a link": _("Set a new password by a link"),
    "ended a session of their own": _("Ended a session of their own"),
    "ended all other sessions of their own": _("Ended all other sessions of their own"),
    "logged in": _("Logged in"),
    "logged out": _("Logged out"),
    "failed to log in": _("Failed to log in as “%(name)s”"),
    "was given a token": _("Was given an access token"),
    "added a second factor": _("%(name)s has added a second factor"),
    "removed a second factor": _("%(name)s has removed a second factor"),
    "made new recovery codes": _("%(name)s has made new recovery codes"),
    "used a recovery code": _("%(name)s has used a recovery code"),
    "took away the second factor of a person": _("The second factor of %(name)s was taken away"),
    "failed to show the second factor": _("A wrong code for the second factor of “%(name)s”"),
    "connected single sign-on": _("Single sign-on was connected to %(name)s"),
    "was refused at single sign-on": _("Somebody was refused at single sign-on"),
    "saw its position": _("Saw where it is"),
    "saw where its vehicles are": _("Saw where the vehicles of the fleet are"),
    "positions after POSITION_DAYS": _("Positions whose time is over"),
}
# With a name behind it.
NAMED = {
    "renamed the command ": _("Renamed the command %(name)s"),
    "a person: ": _("A person: %(name)s"),
    "a vehicle: ": _("A vehicle: %(name)s"),
    "proposed a change: ": _("Asked a second person for a change: %(name)s"),
    "approved a change: ": _("Approved a change as the second person: %(name)s"),
    "refused a change: ": _("Refused a change as the second person: %(name)s"),
    "withdrew a change: ": _("Took back what a second person was asked for: %(name)s"),
    "a change came to nothing: ": _("No second person has decided on a change: %(name)s"),
}
PROPOSALS = {"rules": _("weaker rules"), "trust": _("a trusted service"), "approver": _("who may approve")}


def what(entry: AuditEntry) -> str:
    """What was done, in a line."""
    document: Document = entry.document if isinstance(entry.document, dict) else {}
    words = _WORDS.get(entry.kind)
    return (words(document) if words else "") or _deed(document) or str(KINDS[Kind(entry.kind)])


def type_of(entry: AuditEntry) -> str:
    """The title of the remote type that it is about, empty where it is about none."""
    known = REMOTE_TYPES.get(str(_get(entry.document, "remoteType")))
    return title_of(known) if known else ""


def _asked(document: Document) -> str:
    known, payload = REMOTE_TYPES.get(str(document.get("remoteType"))), document.get("payload")
    return describe(known, payload) if known and isinstance(payload, dict) else str(document.get("action") or "")


def _checked(document: Document) -> str:
    refused = read_why(document.get("refused"))
    return gettext("Not sent: %(why)s") % {"why": say(refused)} if refused else gettext("Checked before sending")


def _sent(document: Document) -> str:
    purpose = str(document.get("purpose") or "")
    if purpose == SEND:
        return say(Why(codes.SENT))
    return say(Why(codes.ASKED_AGAIN, purpose=Why(purpose))) if purpose else ""


def _answered(document: Document) -> str:
    if document.get("status") is None:
        return gettext("No answer: %(error)s") % {"error": say(read_why(document.get("why")))}
    return " · ".join(filter(None, (f"HTTP {document['status']}", str(document.get("said") or ""))))


def _ended(document: Document) -> str:
    status, state = document.get("status"), str(document.get("state") or "")
    word = status_word(str(status)) if status else STATES.get(state)
    why = say(read_why(document.get("why"))) or told_why(str(status or ""), document.get("failureCause"))
    return " · ".join(filter(None, (str(word.text) if word else state, why)))


def _changed(document: Document) -> str:
    form = CHANGES.get(str(document.get("what")))
    of = str(document.get("of"))
    return str(form) % {"thing": THINGS.get(of, of), "name": document.get("name")} if form else ""


def _exported(document: Document) -> str:
    of, rows = str(document.get("what")), document.get("rows")
    number = rows if isinstance(rows, int) else 0
    words = ngettext("%(thing)s as CSV, %(number)s line", "%(thing)s as CSV, %(number)s lines", number)
    return words % {"thing": THINGS.get(of, of), "number": number}


def _deed(document: Document) -> str:
    text = str(document.get("what") or "")
    known = DEEDS.get(text)
    if known:
        return str(known) % {"name": document.get("name", "")}
    named = ((words, text.removeprefix(start)) for start, words in NAMED.items() if text.startswith(start))
    return next((str(words) % {"name": PROPOSALS.get(name, name)} for words, name in named), text)


_WORDS: dict[str, Callable[[Document], str]] = {
    Kind.ASKED: _asked,
    Kind.CHECKED: _checked,
    Kind.SENT: _sent,
    Kind.ANSWERED: _answered,
    Kind.ENDED: _ended,
    Kind.CHANGED: _changed,
    Kind.EXPORTED: _exported,
}


def _get(document: Any, name: str) -> Any:
    return document.get(name) if isinstance(document, dict) else None
