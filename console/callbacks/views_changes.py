"""Pages: what a manager does with a callback: pause, resume, test, send again, a new secret, delete."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from callbacks.health import health
from callbacks.models import Batch, Callback
from callbacks.pending import is_pending
from callbacks.replay import replay
from callbacks.status import pause, resume
from callbacks.trial import send_test
from console.callbacks.forms import ReplayForm
from console.callbacks.pages import find_callback, lock, no_channel, to_callback
from console.callbacks.shown_secret import show_next
from console.requests import PageRequest, person_page, see
from fleets.rights import Right

# Beyond it the confirmation says "more than": nobody needs the exact number.
COUNT_LIMIT = 10_000


@require_POST
@person_page
def pause_callback(request: PageRequest, fleet_id: str, callback_id: str) -> HttpResponse:
    callback = _to_change(request, fleet_id, callback_id)
    pause(callback, f"{request.user.get_full_name() or request.user.get_username()} has paused it.")
    messages.success(request, _("The callback is paused. What happens is kept for 3 days."))
    return to_callback(callback)


@require_POST
@person_page
def resume_callback(request: PageRequest, fleet_id: str, callback_id: str) -> HttpResponse:
    callback = _to_change(request, fleet_id, callback_id)
    resume(callback)
    messages.success(request, _("The callback runs again. What was kept is sent now, the oldest first."))
    return to_callback(callback)


@require_POST
@person_page
def test_callback(request: PageRequest, fleet_id: str, callback_id: str) -> HttpResponse:
    """Send a test notification, and show what becomes of it."""
    callback = _to_change(request, fleet_id, callback_id)
    batch = send_test(callback)
    if callback.status == Callback.Status.PAUSED:
        messages.warning(request, _("The test notification is kept until the callback is resumed."))
    else:
        messages.success(request, _("The test notification is on its way. What becomes of it shows here."))
    return _to_batch(callback, batch)


@require_POST
@person_page
def send_batch_again(request: PageRequest, fleet_id: str, callback_id: str, batch_id: int) -> HttpResponse:
    """Send one batch again: the same body under the same id."""
    callback = _to_change(request, fleet_id, callback_id)
    batch = get_object_or_404(Batch.objects.defer("body"), callback=callback, pk=batch_id)
    with transaction.atomic():
        again = replay(callback, Batch.objects.filter(pk=batch.pk))
    if again:
        messages.success(request, _("It is sent again. What becomes of it shows here."))
    else:
        messages.warning(request, _("It waits to be sent already."))
    return _to_batch(callback, batch)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def replay_batches(request: PageRequest, fleet_id: str, callback_id: str) -> HttpResponse:
    """GET says how many would be sent again, POST does it."""
    callback = _to_change(request, fleet_id, callback_id)
    form = ReplayForm(request.POST if request.method == "POST" else request.GET or None)
    context: dict[str, Any] = {"fleet": callback.fleet, "callback": callback, "form": form}
    if not form.is_valid():
        return render(request, "callbacks/replay.html", context, status=422 if form.is_bound else 200)
    if request.method != "POST":
        count = len(form.batches(callback).values_list("pk")[: COUNT_LIMIT + 1])
        context |= {"count": min(count, COUNT_LIMIT), "count_is_cut": count > COUNT_LIMIT}
        return render(request, "callbacks/replay_confirm.html", context)
    with transaction.atomic():
        again = replay(callback, form.batches(callback))
    words = ngettext("%(number)d notification is sent again.", "%(number)d notifications are sent again.", again)
    messages.success(request, words % {"number": again})
    return to_callback(callback)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def rotate_secret(request: PageRequest, fleet_id: str, callback_id: str) -> HttpResponse:
    """GET asks whether it is meant; POST makes a new signing secret, which the next page shows."""
    callback = no_channel(_to_change(request, fleet_id, callback_id))
    if request.method != "POST":
        return render(request, "callbacks/secret_confirm.html", {"fleet": callback.fleet, "callback": callback})
    with transaction.atomic():
        callback = lock(callback)
        callback.rotate_secret(timezone.now())
        callback.save(update_fields=["secret", "previous_secret", "previous_secret_until", "updated_at"])
    show_next(request, callback)
    return to_callback(callback)


@require_http_methods(["GET", "HEAD", "POST"])
@person_page
def delete_callback(request: PageRequest, fleet_id: str, callback_id: str) -> HttpResponse:
    """GET asks whether it is meant, or says why it can't be; POST deletes a callback on which nothing is pending."""
    callback = no_channel(_to_change(request, fleet_id, callback_id))
    context: dict[str, Any] = {"fleet": callback.fleet, "callback": callback}
    if request.method != "POST":
        context |= {"pending": is_pending(callback), "health": health(callback)}
        return render(request, "callbacks/delete_confirm.html", context)
    with transaction.atomic():
        callback = lock(callback)
        if is_pending(callback):
            return render(request, "callbacks/delete_confirm.html", context | {"pending": True}, status=422)
        callback.deleted_at = timezone.now()
        callback.save(update_fields=["deleted_at", "updated_at"])
    messages.success(request, _("The callback “%(callback)s” is deleted.") % {"callback": callback})
    return see("callbacks", callback.fleet.public_id)


def _to_change(request: PageRequest, fleet_id: str, callback_id: str) -> Callback:
    return find_callback(request, fleet_id, callback_id, Right.CHANGE_CALLBACKS)


def _to_batch(callback: Callback, batch: Batch) -> HttpResponse:
    return see("callback-batch", callback.fleet.public_id, callback.public_id, batch.pk)
