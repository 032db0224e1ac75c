"""What it means that the manufacturer's cloud has refused a command, by the status of HTTP, and what to do next."""

from django.utils.translation import gettext_lazy as _

from remotes.words.texts import Text

# By the status of HTTP with which the manufacturer's cloud refused a command.
REFUSALS: dict[int, Text] = {
    400: Text(
        _("The manufacturer's cloud did not understand the command."),
        _("The command was written in a way that the manufacturer's cloud does not take, often because of its values."),
        _("Send it with other values. If that does not help, tell your admin."),
        (),
    ),
    401: Text(
        _("The manufacturer's cloud refused our credentials."),
        _("The client ID, user name, password or certificate that FleetRemote has for it is not taken any more."),
        _("Tell your admin to set the right ones. Then try again."),
    ),
    403: Text(
        _("The manufacturer's cloud does not allow this for this vehicle."),
        _("FleetRemote is known to the manufacturer's cloud, but may not send this command to this vehicle."),
        _("Ask whoever manages the contract with the manufacturer whether this service is booked for the vehicle."),
        (),
    ),
    404: Text(
        _("The manufacturer's cloud does not know this vehicle any more."),
        _("The vehicle is not there under the number that FleetRemote has for it: it may have left the contract."),
        _(
            "Ask the person who manages the contract whether the vehicle is still part of it. The list is read again "
            "each hour."
        ),
        (),
    ),
    409: Text(
        _("The manufacturer's cloud is still busy with the vehicle."),
        _("The command contradicts something that the manufacturer's cloud is doing with the vehicle at the moment."),
        _("See how the earlier command ends, then try again."),
    ),
    429: Text(
        _("The manufacturer's cloud asks us to slow down."),
        _("More commands were sent through this connection than the manufacturer allows in that time."),
        _("FleetRemote slows down by itself. Try again in some minutes."),
    ),
    501: Text(
        _("This vehicle's cloud does not offer it."),
        _("The manufacturer's cloud has no such command for this vehicle, so nothing was carried out."),
        _("Nothing is wrong with the vehicle. Ask whoever manages the contract whether the service can be booked."),
        (),
    ),
    500: Text(
        _("The manufacturer's cloud had a fault of its own."),
        _("The manufacturer's cloud answered that something went wrong on its side."),
        _("Try again in some minutes. If it goes on, ask the manufacturer's support."),
    ),
}
REFUSED = Text(
    _("The manufacturer's cloud refused the command."),
    _("The manufacturer's cloud refused the command before it was sent to the vehicle. Nothing was carried out."),
    _("Read what it says. If that does not help, ask your admin."),
)


def refusal_words(status: int) -> Text:
    """The words for a status of HTTP that the manufacturer's cloud refused a command with."""
    return REFUSALS.get(status) or (REFUSALS[500] if status >= 500 else REFUSED)
