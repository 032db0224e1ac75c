"""Why an action was not sent in time and what to do next, by the code of what it waited for.

Codes are those of remotes/words/codes.py and gateways/codes.py.
"""

from django.utils.translation import gettext_lazy as _

from gateways import codes as cloud
from remotes.words import codes
from remotes.words.texts import Text

NOT_IN_TIME = _("It could not be sent in time, and what is too old is never sent, so that nothing surprises anyone.")
BUSY = Text(
    _("It was not sent in time: the connection to the manufacturer was busy."),
    NOT_IN_TIME,
    _("Try again if it is still wanted. If it happens often, give such commands more time in the fleet's rules."),
)
_DOWN = Text(
    _("It was not sent in time: the manufacturer's cloud was down."),
    NOT_IN_TIME,
    _("Look under “Sending” whether the manufacturer's cloud works again, then try again if it is still wanted."),
)
_CREDENTIALS = Text(
    _("It was not sent in time: the manufacturer's cloud refused our credentials."),
    NOT_IN_TIME,
    _("Tell your admin to set the right client ID, user name, password or certificate. Then try again."),
)
_IN_FRONT = Text(
    _("It was not sent in time: something in front of the manufacturer's cloud refused it."),
    _(
        "A gateway, firewall or proxy between FleetRemote and the manufacturer's cloud let nothing through, so the "
        "vehicle was not even asked for."
    ),
    _(
        "Tell your admin: the account may not be released for this API, or this computer's address may not be allowed. "
        "What it says is for the manufacturer's support."
    ),
)
_NOTHING_THERE = Text(
    _("It was not sent in time: the address of the manufacturer's cloud leads nowhere."),
    _(
        "Something answers at the address that FleetRemote has for the manufacturer's cloud, but it does not know the "
        "API. That says nothing about the vehicle."
    ),
    _("Tell your admin to look at the address of the gateway, its path above all. Then try again."),
)
_LED_ASTRAY = Text(
    _("It was not sent in time: a page answered in place of the manufacturer's cloud."),
    _("A log-in page, a proxy or a firewall answers at the address that FleetRemote has, so nothing was sent."),
    _("Tell your admin to look at the address of the gateway. Then try again if it is still wanted."),
)
_NO_CALLBACK = Text(
    _("It was not sent in time: the manufacturer's cloud did not take FleetRemote's callback."),
    _("Nothing is sent before the manufacturer's cloud knows where to report the outcome, and it did not take that."),
    _("Tell your admin to look at the gateway's connection. Then try again if it is still wanted."),
)
_PROXY = Text(
    _("It was not sent in time: the proxy on the way to the manufacturer's cloud did not answer."),
    NOT_IN_TIME,
    _("Tell your admin to look at the proxy of the gateway. Then try again if it is still wanted."),
)
_BAD_ADDRESS = Text(
    _("It was not sent in time: the address of the manufacturer's cloud can't be used."),
    _("FleetRemote has an address for the manufacturer's cloud that it can't call, so nothing was sent."),
    _("Tell your admin to set the right address of the gateway. Then try again."),
)
_NO_TOKEN = Text(
    _("It was not sent in time: the manufacturer's token endpoint gave no access token."),
    _("FleetRemote signs in there before it sends anything, and got no token that it could use, so nothing was sent."),
    _("Tell your admin to test the gateway's connection. Then try again if it is still wanted."),
)
_STOPPED = Text(
    _("It was not sent in time: sending was stopped."),
    _("A person had stopped all sending, and nobody allowed it again before the time of this command was over."),
    _("Look under “Sending” whether sending is allowed again, then try again if it is still wanted."),
)
NOT_APPROVED_IN_TIME = Text(
    _("Nobody approved it in time."),
    _("In this fleet another manager has to approve such a command, and none did before its time was over."),
    _("Send it again, and tell another manager that it waits for approval."),
)
# Why an action that expired had waited, by the code that says so.
EXPIRED: dict[str, Text] = {
    codes.APPROVAL: NOT_APPROVED_IN_TIME,
    codes.STOPPED: _STOPPED,
    codes.STOPPED_FOR_ALL: _STOPPED,
    codes.CREDENTIALS: _CREDENTIALS,
    codes.CREDENTIALS_BECAUSE: _CREDENTIALS,
    codes.CREDENTIALS_UNTIL: _CREDENTIALS,
    cloud.CERTIFICATE_REFUSED: _CREDENTIALS,
    cloud.BAD_CREDENTIALS: _CREDENTIALS,
    codes.IN_FRONT_BECAUSE: _IN_FRONT,
    codes.IN_FRONT_UNTIL: _IN_FRONT,
    codes.NOTHING_THERE: _NOTHING_THERE,
    codes.DOWN: _DOWN,
    codes.DOWN_BECAUSE: _DOWN,
    cloud.UNREACHABLE: _DOWN,
    cloud.PROXY_UNREACHABLE: _PROXY,
    codes.NO_CALLBACK: _NO_CALLBACK,
    cloud.BAD_ADDRESS: _BAD_ADDRESS,
    cloud.BAD_ADDRESS_BECAUSE: _BAD_ADDRESS,
    cloud.TOKEN_FAILED: _NO_TOKEN,
    cloud.TOKEN_LATE: _NO_TOKEN,
    cloud.TOKEN_NO_TIME: _NO_TOKEN,
    codes.CLOCK_OFF: Text(
        _("It was not sent in time: the clock of FleetRemote's computer was wrong."),
        _("A computer whose clock is wrong sends nothing, since it might be too late."),
        _("Tell your admin that a computer's clock must be set."),
        (),
    ),
    codes.UNSEEN: Text(
        _("It was not sent in time: FleetRemote's database had lost its last seconds."),
        _(
            "Nobody knew whether it had been sent in those seconds, so FleetRemote looked for it at the manufacturer's "
            "cloud first. It was surely not sent, but then its time was over."
        ),
        _("Try again if it is still wanted."),
    ),
    codes.SLOW_DOWN: BUSY,
    cloud.SLOW_DOWN_BECAUSE: BUSY,
    codes.DAY: BUSY,
    codes.DAY_URGENT_FIRST: BUSY,
    codes.PACE: BUSY,
    codes.PACE_ONE: BUSY,
    codes.PACE_UNKNOWN: BUSY,
    codes.REGISTERED_AGAIN: BUSY,
    codes.TYPE_ADDED: BUSY,
    codes.TOO_SLOW: BUSY,
}
# Why it expired while the gateway counted as down, by what its requests had met, where that is no fault of the cloud's.
MET: dict[str, Text] = {
    codes.IN_FRONT: _IN_FRONT,
    codes.IN_FRONT_SAYING: _IN_FRONT,
    codes.LEADS_ELSEWHERE: _LED_ASTRAY,
    codes.IS_PAGE: _LED_ASTRAY,
}
NEVER_AWAKE = Text(
    _("The vehicle did not wake up by itself in time."),
    _("It was to wait until the vehicle is awake anyway, so that no wake-up is spent, which did not happen in time."),
    _("Send it again with more time, or let it wake the vehicle up."),
)
