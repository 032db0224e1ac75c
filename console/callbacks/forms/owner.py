"""Which API client a callback is for."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from callbacks.models import Callback
from fleets.models import ApiClient, Fleet


class OwnerForm(forms.Form):
    """A field beside those of what is registered. A new callback is for the fleet's only client, where there is one."""

    use_required_attribute = False

    client = forms.ModelChoiceField(
        ApiClient.objects.none(),
        required=False,
        label=_("API client"),
        help_text=_("The service whose callback it is. Over the API no other one sees or uses it."),
        empty_label=_("No client yet"),
    )

    def __init__(
        self, fleet: Fleet, callback: Callback | None = None, data: Any = None, *, sees_positions: bool = True
    ) -> None:
        clients = fleet.api_clients.filter(active=True)
        if callback is not None and callback.created_by is not None:
            clients = (clients | ApiClient.objects.filter(pk=callback.created_by.pk)).distinct()
        chosen = callback.created_by if callback is not None else clients.first() if clients.count() == 1 else None
        super().__init__(data, initial={"client": chosen})
        self._before, self._callback, self._sees_positions = chosen, callback, sees_positions
        field = self.fields["client"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = clients

    def clean(self) -> dict[str, Any]:
        """Whoever may not see where vehicles are does not have that sent to an address of theirs."""
        given = super().clean() or {}
        is_for_alerts = self._callback is not None and self._callback.for_alerts
        if not self._sees_positions and not is_for_alerts and Callback(created_by=self.chosen).tells_positions:
            self.add_error(
                "client",
                gettext(
                    "It would be told where vehicles are, which you may not see. Choose an API client that is not told."
                ),
            )
        return given

    @property
    def chosen(self) -> ApiClient | None:
        """Of a valid form: what was chosen, or what stands where nothing was asked."""
        found: ApiClient | None = self.cleaned_data.get("client") if "client" in self.data else self._before
        return found
