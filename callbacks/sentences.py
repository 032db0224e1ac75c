"""The sentences that callbacks and their deliveries hold: their templates (fleets/words/sentences.py)."""

from django.utils.translation import gettext_noop as _

from fleets.words.sentences import know

SENTENCES = (
    _("%(name)s has paused it."),
    _("%(number)s notifications in a row did not arrive."),
    _("%(number)s notifications in a row did not arrive since %(since)s UTC."),
    _("The address answered 410 Gone: it is not there any more. Resume the callback when it is."),
    _("It answered %(status)s."),
    _("It answered %(status)s, a redirect; redirects are not followed."),
    _("No answer within %(seconds)s seconds."),
    _("The name of the address is not known."),
    _("No secure connection: %(why)s"),
    _("No connection: %(why)s"),
    _("The connection was cut before the answer was complete."),
    _("It could not be posted: %(why)s"),
    _("Your admin can allow it (%(setting)s)."),
    _("%(subject)s is not a public address. %(more)s"),
    _("%(name)s leads to %(address)s, which is not a public address. %(more)s"),
    _("Only https addresses are called. %(more)s"),
    _("Port %(port)s is not called, only %(ports)s. %(more)s"),
    _("%(host)s is no public address. %(more)s"),
    _("%(host)s is no IP address."),
    _("%(host)s is no host name."),
)

know(*SENTENCES)
