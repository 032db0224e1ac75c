"""The rules of a fleet as a manager fills them in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from protocol.catalogue import REMOTE_TYPES, RemoteType
from remotes.asking.ask import LONGEST_LIFE, MAX_REASON
from remotes.models import FleetRules
from remotes.words.titles import title_of
from remotes.zones import zone_names

_LONGEST = LONGEST_LIFE.total_seconds() / 60
_MOST_WAKE_UPS = 10_000


def _number(label: Any, help_text: Any, greatest: float, least: int = 0, **more: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label, help_text=help_text, min_value=least, max_value=int(greatest), **{"required": True, **more}
    )


@dataclass(frozen=True)
class TypeRow:
    """The fields of one remote type."""

    remote_type: RemoteType
    minutes: BoundField
    approval: BoundField


class RulesForm(forms.Form):
    """Times to live in minutes, which types need approval within which time, limits of movement and wake-ups, and why.

    A time to live that is left empty, or is the usual one, is the catalogue's.
    """

    use_required_attribute = False

    approval_minutes = _number(
        _("Minutes that an approval may take"),
        _("What nobody has approved by then is not sent."),
        _LONGEST,
        1,
    )
    moving_minutes = _number(
        _("Minutes that a movement counts"),
        _("A vehicle that was moving within these minutes is not immobilised."),
        _LONGEST,
        1,
    )
    wake_ups_a_month = _number(
        _("Wake-ups of a vehicle a month"),
        _("As your contract with the manufacturer has it. Leave it empty while nobody knows: then nothing is refused."),
        _MOST_WAKE_UPS,
        1,
        required=False,
    )
    wake_reserve = _number(
        _("Of these kept in reserve"),
        _("Only locking, immobilising, finding and theft may spend them."),
        _MOST_WAKE_UPS,
    )

    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        help_text=_("Its clocks are those of the fleet's pages, mails, files and schedules."),
        required=False,
        error_messages={"invalid_choice": _("There is no time zone “%(value)s”.")},
    )

    reason = forms.CharField(
        label=_("Why the rules are changed"),
        help_text=_("Whoever must agree to weaker rules reads it."),
        required=False,
        max_length=MAX_REASON,
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, rules: FleetRules) -> None:
        super().__init__(data, initial=_initial(rules))
        names = dict.fromkeys([*zone_names(), rules.time_zone])
        self.fields["time_zone"].choices = [(name, name.replace("_", " ")) for name in names]  # type: ignore[attr-defined]
        for entry in REMOTE_TYPES.values():
            usual = round(entry.time_to_live.total_seconds() / 60)
            self.fields[f"minutes-{entry.name}"] = forms.IntegerField(
                required=False,
                min_value=1,
                max_value=int(_LONGEST),
                label=gettext("Minutes until it expires: %(title)s") % {"title": title_of(entry)},
                widget=forms.NumberInput(attrs={"placeholder": str(usual)}),
            )
            self.fields[f"approval-{entry.name}"] = forms.BooleanField(
                required=False, label=gettext("Needs approval: %(title)s") % {"title": title_of(entry)}
            )

    @property
    def rows(self) -> list[TypeRow]:
        return [
            TypeRow(entry, self[f"minutes-{name}"], self[f"approval-{name}"]) for name, entry in REMOTE_TYPES.items()
        ]

    @property
    def given_reason(self) -> str:
        return str(self.cleaned_data["reason"]).strip()

    @property
    def wrong(self) -> list[BoundField]:
        """The fields with an error, for the summary."""
        return [self[name] for name in self.fields if name in self.errors]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        limit, reserve = self.cleaned_data.get("wake_ups_a_month"), self.cleaned_data.get("wake_reserve")
        if limit is not None and reserve is not None and reserve > limit:
            words = gettext("The reserve can't be greater than the %(limit)d wake-ups of a month.")
            self.add_error("wake_reserve", words % {"limit": limit})
        return cleaned

    def apply_to(self, rules: FleetRules) -> None:
        """Put what was filled in, valid, into the rules; without saving them."""
        values = self.cleaned_data
        rules.times_to_live = {
            name: minutes * 60
            for name, entry in REMOTE_TYPES.items()
            if (minutes := values[f"minutes-{name}"]) and minutes * 60 != entry.time_to_live.total_seconds()
        }
        rules.approval_types = [name for name in REMOTE_TYPES if values[f"approval-{name}"]]
        for name in ("approval_minutes", "moving_minutes", "wake_ups_a_month", "wake_reserve"):
            setattr(rules, name, values[name])
        rules.time_zone = values["time_zone"] or rules.time_zone


def _initial(rules: FleetRules) -> dict[str, Any]:
    values: dict[str, Any] = {
        "approval_minutes": rules.approval_minutes,
        "moving_minutes": rules.moving_minutes,
        "wake_ups_a_month": rules.wake_ups_a_month,
        "wake_reserve": rules.wake_reserve,
        "time_zone": rules.time_zone,
    }
    for name, entry in REMOTE_TYPES.items():
        if name in rules.times_to_live:
            values[f"minutes-{name}"] = round(rules.time_to_live(entry).total_seconds() / 60)
        values[f"approval-{name}"] = name in rules.approval_types
    return values
