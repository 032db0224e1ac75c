"""The steps of a connection, in their order, and what people read of each."""

from django.utils.translation import gettext_lazy as _

from gateways.diagnosis import NAMES

# Those of gateways/diagnosis, which only read.
DIAGNOSIS = NAMES
PUBLIC_URL, SYNC, CALLBACK, STATES, SEND = "public-url", "sync", "callback", "states", "send"
STEPS = (*DIAGNOSIS, PUBLIC_URL, SYNC, CALLBACK, STATES, SEND)

TITLES = {
    "address": _("Address"),
    "name": _("Name is found"),
    "tcp": _("Server answers"),
    "tls": _("We trust the cloud (TLS)"),
    "client-certificate": _("The cloud trusts us (client certificate)"),
    "credentials": _("Credentials"),
    "fleets": _("Fleets are listed"),
    "limits": _("Limits"),
    PUBLIC_URL: _("The way back to us"),
    SYNC: _("Fleets and vehicles are taken over"),
    CALLBACK: _("Our callback is registered"),
    STATES: _("First states are read"),
    SEND: _("A vehicle answers"),
}
