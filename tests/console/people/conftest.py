"""Links out of e-mails, and forms filled in."""

import re
from typing import Any

from django.core.mail.message import EmailMessage

from console.accounts import letters


def mails_to(outbox: list[EmailMessage], address: str) -> list[EmailMessage]:
    """Those that went, all by now."""
    letters.all_gone()
    return [mail for mail in outbox if mail.to == [address]]


def link_in(mail: EmailMessage) -> str:
    """The path of the link of an invitation."""
    found = re.search(r"https?://[^/\s]+(/invitation/\S+)", str(mail.body))
    assert found is not None, mail.body
    return found[1]


def granted(role: str, **more: Any) -> dict[str, Any]:
    """The form of what somebody gets."""
    return {"role": role, "end": "never", "whom": "all", "positions": "role", **more}


def invited(email: str, role: str, *fleet_ids: str, **more: Any) -> dict[str, Any]:
    return {"email": email, "language": "en", "fleets": list(fleet_ids), **granted(role, **more)}


ACCOUNT = {
    "full_name": "Nadia Noir",
    "username": "nadia",
    "password1": "Ostrich-Lamp-77",
    "password2": "Ostrich-Lamp-77",
}
