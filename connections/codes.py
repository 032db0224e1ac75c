"""What the steps of a connection come to, beside those of gateways/diagnosis: codes (protocol/why.py)."""

from protocol.why import code
from protocol.why import gettext_noop as _

# The way back to us.
BACK = code("back", _("%(url)s leads back to FleetRemote."))
BACK_HTTP = code(
    "back-http",
    _("%(url)s leads back to FleetRemote, but without TLS: a manufacturer's cloud wants https. Set PUBLIC_URL."),
)
BACK_INSIDE = code(
    "back-inside",
    _(
        "%(url)s can't be reached from the manufacturer's cloud, so nothing can be notified: FleetRemote asks what "
        "became of each command, every few seconds. Set PUBLIC_URL to an address that the internet can reach."
    ),
)
BACK_NO_NAME = code(
    "back-no-name",
    _("The name in PUBLIC_URL (%(url)s) is not found. Check it, and its entry in your DNS."),
)
BACK_NO_ANSWER = code(
    "back-no-answer",
    _("Nothing answers at PUBLIC_URL (%(url)s). Check the address, your proxy and your firewall."),
)
BACK_TLS = code(
    "back-tls",
    _(
        "The TLS certificate of PUBLIC_URL (%(url)s) is not trusted: %(why)s. "
        "Renew or mend the certificate of your site."
    ),
)
BACK_REDIRECT = code(
    "back-redirect",
    _(
        "PUBLIC_URL (%(url)s) leads on to %(location)s. "
        "Set PUBLIC_URL to the address at which FleetRemote itself answers."
    ),
)
BACK_OTHER = code(
    "back-other",
    _(
        "Something else than this FleetRemote answers at PUBLIC_URL (%(url)s), with HTTP %(status)s. "
        "Check the address and your proxy."
    ),
)

# Taking over.
NO_FLEETS_WANTED = code("connection-no-fleets", _("No fleet is chosen. Choose at least one, then go on."))
FLEET_NOT_LISTED = code(
    "connection-fleet-not-listed", _("The account does not list the fleet %(fleet)s. It lists: %(listed)s.")
)
FLEET_TAKEN = code(
    "connection-fleet-taken",
    _("The fleet %(fleet)s takes vehicles of another fleet of this account already. Choose another one, or a new one."),
)
FLEET_UNKNOWN = code("connection-fleet-unknown", _("The fleet %(fleet)s is not there any more. Choose again."))
READING = code("connection-reading", _("Reading: %(vehicles)s vehicles so far."))
SLOWING_DOWN = code(
    "connection-slowing-down",
    _("The cloud asks to slow down. Reading begins again in %(seconds)s seconds, more slowly."),
)
NOT_READ = code("connection-not-read", _("Nothing was saved, since not all could be read. %(why)s"))
CHANGED = code(
    "connection-changed",
    _("Something else was entered while this was read. Nothing was saved; check again with what is there now."),
)
SAME_ACCOUNT = code(
    "connection-same-account",
    _("This account is connected already, as “%(name)s”, and has one channel of ours. Change that connection instead."),
)
BUSY = code("connection-busy", _("Another process is reading this account. Nothing was saved; try again in a minute."))
TAKEN_OVER = code(
    "connection-taken-over", _("%(fleets)s fleets with %(vehicles)s vehicles; new here: %(new)s vehicles.")
)
TAKEN_OVER_BUT = code(
    "connection-taken-over-but",
    _("%(fleets)s fleets with %(vehicles)s vehicles; new here: %(new)s vehicles; left out: %(left)s vehicles."),
)

# Registering.
REGISTERED = code("connection-registered", _("Registered and running for each of %(fleets)s fleets."))
NOT_REGISTERED = code(
    "connection-not-registered", _("Our callback could not be registered for the fleet %(fleet)s. %(why)s")
)
NOT_RUNNING = code(
    "connection-not-running",
    _("The cloud has our callback for the fleet %(fleet)s, but it is %(status)s there, not Running."),
)

# First states.
STATES_READ = code("connection-states", _("The states of %(read)s of %(all)s vehicles are read; the others follow."))
STATES_ALL = code("connection-states-all", _("The states of all %(all)s vehicles are read."))
NO_STATES = code("connection-no-states", _("No state could be read. %(why)s"))
NO_VEHICLES = code("connection-no-vehicles", _("The fleets hold no vehicles yet, so there is nothing to read."))

# A vehicle answers.
NOTHING_TO_SEND_TO = code("connection-nothing-to-send-to", _("There is no vehicle that a command could be sent to."))
SENT = code("connection-sent", _("%(command)s is on its way to %(vehicle)s: %(status)s"))
CAME_BACK = code("connection-came-back", _("%(vehicle)s answered after %(seconds)s seconds: %(status)s."))
NOT_DONE = code(
    "connection-not-done",
    _("The cloud answered, but the vehicle %(vehicle)s did not do it: %(status)s. %(why)s Try another vehicle."),
)
NO_END = code("connection-no-end", _("Nothing came back of %(vehicle)s in %(minutes)s minutes."))
BROKEN_OFF = code("connection-broken-off", _("FleetRemote itself failed here; its log says how. Try again."))
