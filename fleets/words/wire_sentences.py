"""What the wire's rules say is wrong (protocol/), as forms say it: their templates (fleets/words/sentences.py)."""

from django.utils.translation import gettext_noop as _

from fleets.words.sentences import know

SENTENCES = (
    _("%(value)s is not allowed; use one of %(choices)s."),
    _("%(value)s is not allowed; must be %(expected)s."),
    _("%(value)s is not allowed; %(expected)s."),
    _("Must be %(expected)s."),
    _("Must not be empty."),
    _("Is too long; %(number)s characters at the most."),
    _("Has %(number)s items; %(most)s at the most."),
    _("Has %(number)s items; at least %(least)s needed."),
    _("%(value)s stands twice; each %(key)s once at the most."),
    _("Needs exactly one of: %(choices)s."),
    _("Needs at least one of: %(choices)s."),
    _("a string"),
    _("true or false"),
    _("a list"),
    _("a number"),
    _("a whole number"),
    _("a number from %(least)s to %(most)s"),
    _("a number, %(least)s or more"),
    _("a number, %(most)s or less"),
    _("a whole number from %(least)s to %(most)s"),
    _("a whole number, %(least)s or more"),
    _("a whole number, %(most)s or less"),
    _("use an ISO 8601 duration such as PT20S"),
    _("use an ISO 8601 duration from midnight, below 24 hours, such as PT14H30M"),
    _("use an RFC 3339 time such as 2026-11-21T08:00:00Z"),
    _("Has no place in %(dialect)s; leave it out."),
    _("Is no remote action of %(dialect)s."),
    _("Is required in %(dialect)s; add it."),
    _("Stands where the other dialect has another field; leave it out."),
    _("Is too large for a number."),
    _("Must not hold the character U+0000."),
    _("Must be an http or https address."),
    _("Must not hold spaces, control characters or backslashes."),
    _("Must not hold a user name or password; send them in a header, such as Authorization."),
    _("Needs a host name in ASCII (others are written as xn--…) or an IP address, then a port or none."),
    _("Must have a port from 1 to 65535."),
    _("Holds no IP address in its usual form, such as 192.0.2.1 or [2001:db8::1]."),
    _("Has too long a host name."),
    _("Begins with $ and is no variable; use one of %(choices)s."),
    _("Is no name of a header; use letters, digits and hyphens, such as X-Vehicle-Id."),
    _("%(key)s is set by FleetRemote itself; use a name of your own, such as X-Vehicle-Id."),
    _("Can't stand in a header; use ASCII characters on one line, with no space at either end."),
)

know(*SENTENCES)
