"""Sends invitations, and says on the page how that went. Nobody floods mailboxes by it."""

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.utils.translation import gettext

from console.entrance.limits import Counted, Limit, count
from console.people.forms import InviteForm
from console.people.letters import write_invitation
from console.requests import PageRequest
from fleets.models import Invitation
from fleets.people.invitations import NotInvited, invite, renew
from protocol.why import Why, code
from protocol.why import gettext_noop as _

BY_ONE = Limit("invitations", 60, timedelta(hours=1))
"""That one person sends."""

TO_MAILBOX = Limit("invited", 5, timedelta(days=1))
"""That go to one mailbox, whoever sends them."""

TOO_MANY = code("people-too-many-invitations", _("Too many invitations were sent. Try again in %(minutes)s minutes."))


def send_new(request: PageRequest, form: InviteForm) -> None:
    """As a valid form has it. Raises NotInvited."""
    email = form.cleaned_data["email"]
    _count(request, email)
    row, token = invite(request.user, email, form.chosen, form.grant, form.cleaned_data["language"])
    _send(request, row, token)


def send_again(request: PageRequest, row: Invitation) -> None:
    """With a new link. Raises NotInvited."""
    _count(request, row.email)
    token = renew(row, request.user)
    _send(request, Invitation.objects.select_related("invited_by").get(pk=row.pk), token)


def _count(request: PageRequest, email: str) -> None:
    counted: list[Counted] = [BY_ONE.of(str(request.user.pk)), TO_MAILBOX.of(email.casefold())]
    over = [found for found in map(count, counted) if found.is_over]
    if over:
        raise NotInvited(Why(TOO_MANY, minutes=-(-max(found.seconds for found in over) // 60)))


def _send(request: PageRequest, row: Invitation, token: str) -> None:
    if write_invitation(row, token):
        if settings.EMAIL_BACKEND.endswith(".filebased.EmailBackend"):
            words = gettext(
                "There is no mail server here: the e-mail to %(email)s is a file in FleetRemote’s folder “mail”."
            )
            messages.warning(request, words % {"email": row.email})
            return
        messages.success(request, gettext("The invitation is on its way to %(email)s.") % {"email": row.email})
    else:
        words = gettext(
            "The invitation could not be sent to %(email)s: the mail server did not take it. Send it again."
        )
        messages.warning(request, words % {"email": row.email})
