"""A channel: where a subscriber that speaks Connected Car v1 wants to be notified (connected-car-v1.yaml, Channel)."""

from django.db import models
from django.db.models import Q

from callbacks.models.callback import new_secret
from fleets.storage.encryption import EncryptedJSONField, EncryptedTextField
from fleets.storage.ids import new_public_id
from protocol.canonical.document import JsonObject


class Channel(models.Model):
    """One for all fleets of an API client, with a member, a Callback, in each: people see those of their fleets only.

    `subscribe` is the v1 body (ChannelSubscribe) that it was registered with: what GET gives back. `paused` is what its
    client has asked for last; it counts while there are no members (callbacks/channels/). The secrets are those of
    all members, see Callback.
    """

    public_id = models.CharField(max_length=40, unique=True, default=new_public_id, editable=False)
    subscribe = EncryptedJSONField(plain=("label", "type"))
    paused = models.BooleanField(default=False, editable=False)
    secret = EncryptedTextField(default=new_secret, editable=False)
    previous_secret = EncryptedTextField(blank=True, editable=False)
    previous_secret_until = models.DateTimeField(null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        "fleets.ApiClient", on_delete=models.SET_NULL, null=True, blank=True, related_name="channels"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="channel_public_id_form", condition=Q(public_id__regex=r"^[0-9a-fA-F_-]+$")),
        ]

    def __str__(self) -> str:
        return str(self.subscribe.get("label") or self.webhook.get("name") or self.public_id)

    @property
    def webhook(self) -> JsonObject:
        """`target`, `name` and maybe `attributes`, as registered."""
        webhook: JsonObject = self.subscribe["channel"]["webhook"]
        return webhook
