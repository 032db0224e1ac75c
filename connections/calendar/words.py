"""What is said of an entry of the calendar, in English: in alerts, and by the command `doctor`."""

from django.utils.translation import gettext_noop as _

from connections.calendar.ends import Entry, What
from fleets.words.sentences import know
from gateways.certificates.reading import day_of

# Two sentences of each: it ends, and it has ended.
_ENDS = {
    What.CLIENT_CERTIFICATE: (
        _("The client certificate %(subject)s of the account %(name)s ends on %(end)s."),
        _("The client certificate %(subject)s of the account %(name)s ended on %(end)s."),
    ),
    What.CA_BUNDLE: (
        _("The CA certificate %(subject)s that is trusted for the account %(name)s ends on %(end)s."),
        _("The CA certificate %(subject)s that is trusted for the account %(name)s ended on %(end)s."),
    ),
    What.SITE: (
        _("Our own TLS certificate %(subject)s at %(name)s ends on %(end)s."),
        _("Our own TLS certificate %(subject)s at %(name)s ended on %(end)s."),
    ),
    What.API_SECRET: (
        _("The password of the API client %(name)s ends on %(end)s."),
        _("The password of the API client %(name)s ended on %(end)s."),
    ),
    What.FORMER: (
        _("The former client certificate %(subject)s of the account %(name)s ends on %(end)s."),
        _("The former client certificate %(subject)s of the account %(name)s ended on %(end)s."),
    ),
    What.DRAFT: (
        _("The client certificate %(subject)s that was entered for %(name)s, but is not in use, ends on %(end)s."),
        _("The client certificate %(subject)s that was entered for %(name)s, but is not in use, ended on %(end)s."),
    ),
}
_LEFT = {
    1: _("Less than a day is left."),
    7: _("No more than 7 days are left."),
    30: _("No more than 30 days are left."),
}
_NEW = _("Ask the manufacturer for the next one, and enter it on the page of the connection.")
# What is to be done before the end, and after it.
_ADVICE = {
    What.CLIENT_CERTIFICATE: (_NEW, _("Nothing is sent until there is a new one.") + " " + _NEW),
    What.CA_BUNDLE: (
        _("Once the cloud has a certificate of its successor, nothing is sent.") + " " + _NEW,
        _("Once the cloud has a certificate of its successor, nothing is sent.") + " " + _NEW,
    ),
    What.SITE: (
        _("Renew it: without a valid one neither people nor the manufacturer's cloud reach FleetRemote."),
        _("Renew it: without a valid one neither people nor the manufacturer's cloud reach FleetRemote."),
    ),
    What.API_SECRET: (
        _("Then its requests are refused. Your admin makes a new one under API clients."),
        _("Its requests are refused. Your admin makes a new one under API clients."),
    ),
}
_REFUSED = _("The manufacturer's cloud refuses the credentials of the account %(name)s.")
_RENEWED = _("It was renewed: what is in use now ends on %(end)s.")
_UNUSED = _("It is no longer in use.")
_NOT_HERE = _("This fleet does not use it any more.")

know(
    *(sentence for both in _ENDS.values() for sentence in both),
    *_LEFT.values(),
    *(sentence for both in _ADVICE.values() for sentence in both),
    *(_NEW, _REFUSED, _RENEWED, _UNUSED, _NOT_HERE),
)


def words_of(entry: Entry, step: int | None) -> str:
    """What ends and when; from a step (calendar/ends.py) on what is to be done, too."""
    values = {"subject": entry.subject, "name": entry.name}
    if entry.ends_at is None:
        refused = _REFUSED % values if entry.what is What.REFUSED else f"{entry.name}:"
        return f"{refused} {entry.why or ''}".rstrip()
    before, after = _ENDS[entry.what]
    parts = [(after if step == 0 else before) % {**values, "end": f"{entry.ends_at:%Y-%m-%d %H:%M} UTC"}]
    if step is not None:
        parts += [_LEFT.get(step, ""), _ADVICE.get(entry.what, ("", ""))[step == 0]]
    return " ".join(filter(None, parts))


def cleared_words(entry: Entry | None) -> str:
    """What has become of it; None: it is not there any more."""
    if entry is None or entry.ends_at is None:
        return _UNUSED
    return _RENEWED % {"end": day_of(entry.ends_at)}


def left_words() -> str:
    """The fleet has nothing to do with it any more."""
    return _NOT_HERE
