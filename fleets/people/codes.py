"""Why people can't be given, changed or let in as somebody wants it: codes (protocol/why.py)."""

from protocol.why import code
from protocol.why import gettext_noop as _

NOT_YOURS = code("people-not-yours", _("You may not change who may do what in %(fleet)s."))
ADMINS_ONLY = code("people-admins-only", _("Only admins make admins."))
MORE_POSITIONS = code(
    "people-more-positions", _("You may not see where the vehicles of %(fleet)s are, so you can't let others see it.")
)
MORE_RIGHTS = code("people-more-rights", _("You have fewer rights in %(fleet)s than this, so you can't give it."))
MORE_TYPES = code("people-more-types", _("You may not send this in %(fleet)s yourself: %(types)s."))
LONGER = code("people-longer", _("Your own rights in %(fleet)s end, and nobody's that you give may last longer."))
HAS_MORE = code("people-has-more", _("%(person)s may more in %(fleet)s than you, so that you can't change it."))
LAST_MANAGER = code(
    "people-last-manager",
    _("%(person)s is the last manager of %(fleet)s without an end: make somebody else one first, or ask an admin."),
)
IS_GONE = code("people-is-gone", _("That has been changed by somebody else meanwhile. Look at it again."))
ONESELF = code("people-oneself", _("You can't do this to your own account. Ask another admin."))

INVITER_GONE = code(
    "people-inviter-gone",
    _("Whoever has invited you may not give this any more. Ask your admin for a new invitation."),
)
LINK_OVER = code(
    "people-link-over",
    _("This link is not good any more: it was used, was withdrawn, or a newer one was sent, or its week is over."),
)
ACCOUNT_LOCKED = code("people-account-locked", _("Your account here was closed. Ask your admin."))
IS_MEMBER = code("people-is-member", _("%(person)s is in %(fleet)s already. Change what they may do there."))
