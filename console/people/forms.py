"""What a person is given, as somebody fills it in; what they may give is judged by fleets/people/giving.py."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.forms import UserCreationForm
from django.contrib.auth.models import User
from django.db import IntegrityError
from django.forms import BoundField
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from console.callbacks.forms.moments import MomentField, MomentsForm
from console.people.words import POSITIONS, ROLE_HELP, ROLE_NAMES
from console.vehicle_list.matching import filter_of
from fleets.models import Fleet, SavedView, Vehicle
from fleets.people.giving import Grant
from fleets.rights import ADMIN, ROLES
from fleets.storage import clock
from protocol.catalogue import REMOTE_TYPES
from remotes.finding.vehicles import NotUnderstood
from remotes.words.titles import title_of

ALL, VIEW, LISTED, KEEP = "all", "view", "listed", "keep"
NEVER, AT = "never", "at"
MOST_LISTED = 500
LONGEST = timedelta(days=3660)


class GrantForm(MomentsForm):
    """A role with what it is narrowed to; `grant` is what a valid form gives.

    `now` is what the person has already, or None. Vehicles can be told where it is for one fleet.
    """

    role = forms.ChoiceField(
        label=_("Role"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose a role."), "invalid_choice": _("Choose a role.")},
    )
    end = forms.ChoiceField(
        label=_("How long"),
        widget=forms.RadioSelect,
        initial=NEVER,
        error_messages={"required": _("Choose how long."), "invalid_choice": _("Choose how long.")},
    )
    until = MomentField(_("Until"), _("From then on it is as if they were not in the fleet."))
    whom = forms.ChoiceField(
        label=_("Which vehicles"),
        widget=forms.RadioSelect,
        initial=ALL,
        error_messages={"required": _("Choose for which vehicles."), "invalid_choice": _("Choose for which vehicles.")},
    )
    saved_view = forms.ChoiceField(
        label=_("View"),
        help_text=_("Kept as the view is now. Which vehicles it shows is looked up all the time."),
        required=False,
        error_messages={"invalid_choice": _("Choose a view.")},
    )
    listed = forms.CharField(
        label=_("VINs or plates"),
        help_text=_("One in each line."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off", "spellcheck": "false"}),
    )
    remote_types = forms.MultipleChoiceField(
        label=_("Commands"),
        help_text=_("None chosen: all that the role may send."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    positions = forms.ChoiceField(label=_("Positions"), choices=list(POSITIONS.items()), initial="role")

    def __init__(
        self, data: Any = None, *, fleets: Sequence[Fleet], views: Sequence[SavedView] = (), now: Grant | None = None
    ) -> None:
        initial = _initial(now) if now is not None else {"role": None}
        super().__init__(data, initial=initial)
        self.now, self.fleet = now, fleets[0] if len(fleets) == 1 else None
        self.views = {view.public_id: view for view in views} if self.fleet else {}
        self._vehicles: list[int] = []
        self._filter: dict[str, Any] | None = None
        self._offer("role", [(name, ROLE_NAMES[name]) for name in self._roles()])
        self._offer("remote_types", [(name, title_of(entry)) for name, entry in REMOTE_TYPES.items() if _is_sent(name)])
        self._offer("saved_view", [(key, view.name) for key, view in self.views.items()])
        self._offer("whom", self._whom_choices())
        kept = [(KEEP, _("As it is now"))] if now is not None and now.ends_at is not None else []
        self._offer("end", [(NEVER, _("Without an end")), *kept, (AT, _("Until a moment"))])

    def _roles(self) -> list[str]:
        return [name for name in ROLES if name != ADMIN]

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _whom_choices(self) -> list[tuple[str, Any]]:
        choices: list[tuple[str, Any]] = [(ALL, _("All vehicles"))]
        if self.now is not None and self.now.narrowed_filter is not None:
            choices.append((KEEP, _("Those that they see now, as the list changes")))
        if self.views:
            choices.append((VIEW, _("Vehicles of a saved view")))
        if self.fleet is not None:
            choices.append((LISTED, _("Some vehicles")))
        return choices

    @property
    def roles(self) -> list[tuple[Any, Any]]:
        """Each radio button with what the role means."""
        return [(radio, ROLE_HELP[str(radio.data["value"])]) for radio in self["role"]]

    @property
    def wrong(self) -> list[BoundField]:
        """The fields with an error, for the summary."""
        return [self[name] for name in self.fields if name in self.errors]

    def clean_listed(self) -> str:
        given = str(self.cleaned_data["listed"])
        if self.cleaned_data.get("whom") != LISTED or self.fleet is None:
            return given
        names = list(dict.fromkeys(line.strip() for line in given.splitlines() if line.strip()))
        if not names:
            raise forms.ValidationError(_("Write the VIN or the plate of at least one vehicle."))
        if len(names) > MOST_LISTED:
            raise forms.ValidationError(_("So many are better chosen by a saved view."))
        self._vehicles = [self._vehicle(self.fleet, name) for name in names]
        return given

    def _vehicle(self, fleet: Fleet, name: str) -> int:
        by_vin = list(fleet.vehicles.filter(vin__iexact=name)[:1])
        found = by_vin or list(fleet.vehicles.filter(plate__iexact=name)[:2])
        if len(found) != 1:
            words = _("Several vehicles have the plate “%(name)s”.") if found else _("“%(name)s” is not in this fleet.")
            raise forms.ValidationError(words, params={"name": name})
        return found[0].pk

    def clean_saved_view(self) -> str:
        key = str(self.cleaned_data["saved_view"])
        if self.cleaned_data.get("whom") != VIEW or self.fleet is None:
            return key
        if key not in self.views:
            raise forms.ValidationError(_("Choose a view."))
        try:
            self._filter = filter_of(self.fleet, self.views[key].query).stored
        except NotUnderstood:
            raise forms.ValidationError(_("This view can't be read any more: open it, and save it again.")) from None
        return key

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        role = self.cleaned_data.get("role") or ADMIN
        beyond = set(self.cleaned_data.get("remote_types", [])) - ROLES[role].remote_types
        if beyond and role != ADMIN:
            titles = ", ".join(str(title_of(entry)) for name, entry in REMOTE_TYPES.items() if name in beyond)
            words = gettext("The role “%(role)s” sends none of these: %(types)s.")
            self.add_error("remote_types", words % {"role": ROLE_NAMES[role], "types": titles})
        if self.cleaned_data.get("end") == AT and "until" not in self.errors:
            until = self.moment("until")
            if until is None:
                self.add_error("until", gettext("Enter a date and time."))
            elif until <= clock.now():
                self.add_error("until", gettext("That is over already."))
            elif until > clock.now() + LONGEST:
                self.add_error("until", gettext("Ten years at the most."))
        return cleaned

    @property
    def grant(self) -> Grant:
        whom = self.cleaned_data.get("whom", ALL)
        role = self.cleaned_data["role"]
        if role == ADMIN:
            return Grant(role=ADMIN)
        kept = self.now.narrowed_filter if whom == KEEP and self.now is not None else None
        return Grant(
            role=role,
            ends_at=self._ends_at,
            remote_types=tuple(self.cleaned_data["remote_types"]),
            positions=self.cleaned_data["positions"],
            narrowed=whom != ALL,
            narrowed_filter=kept or self._filter,
            vehicles=tuple(self._vehicles),
        )

    @property
    def _ends_at(self) -> datetime | None:
        if self.cleaned_data["end"] == KEEP and self.now is not None:
            return self.now.ends_at
        return self.moment("until") if self.cleaned_data["end"] == AT else None


class InviteForm(GrantForm):
    """Whom, and into which of the fleets; admins may make admins."""

    # As the page has them, so that the summary of what is wrong does too.
    field_order = ("email", "language", "fleets")

    email = forms.EmailField(label=_("E-mail"), max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "off"}))
    language = forms.ChoiceField(label=_("Language of the e-mail"), choices=settings.LANGUAGES)
    fleets = forms.MultipleChoiceField(
        label=_("Fleets"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": _("Choose some of these fleets.")},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        offered: Sequence[Fleet],
        fleet: Fleet | None = None,
        views: Sequence[SavedView] = (),
        makes_admins: bool = False,
    ) -> None:
        self.makes_admins = makes_admins
        super().__init__(data, fleets=[fleet] if fleet else [], views=views)
        self.offered = {one.public_id: one for one in offered}
        self._offer("fleets", [(key, one.name) for key, one in self.offered.items()])
        self.initial["fleets"] = [fleet.public_id] if fleet else []
        self.initial["language"] = get_language() or "en"

    def _roles(self) -> list[str]:
        return list(ROLES) if self.makes_admins else super()._roles()

    @property
    def chosen(self) -> list[Fleet]:
        """The fleets that it is for, none for an admin."""
        if self.cleaned_data["role"] == ADMIN:
            return []
        return [self.offered[key] for key in self.cleaned_data["fleets"]]

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        fleets, whom = self.cleaned_data.get("fleets", []), self.cleaned_data.get("whom", ALL)
        if self.cleaned_data.get("role") not in (None, ADMIN) and "fleets" not in self.errors:
            if not fleets:
                self.add_error("fleets", gettext("Choose at least one fleet."))
            elif whom != ALL and self.fleet is not None and fleets != [self.fleet.public_id]:
                words = gettext("Vehicles are those of %(fleet)s: invite to other fleets by themselves.")
                self.add_error("fleets", words % {"fleet": self.fleet.name})
        return cleaned


class NewAccountForm(UserCreationForm):
    """The name and the password of somebody who was invited; their address is the one that the link went to."""

    full_name = forms.CharField(
        label=_("Your name"), required=False, max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )

    field_order = ("full_name", "username", "password1", "password2")

    class Meta:
        model = User
        fields = ["username"]
        labels = {"username": _("Name to log in with")}
        help_texts = {"username": _("Letters, digits and @ . + - _")}

    def __init__(self, data: Any = None, *, email: str) -> None:
        super().__init__(data)
        self.fields["username"].widget.attrs.pop("autofocus", None)
        self.fields["full_name"].widget.attrs["autofocus"] = True
        # Before the password is judged, which must not be like it.
        self.instance.email = email

    def clean_full_name(self) -> str:
        """Others read it, in e-mails too: it holds no lines of its own, nor signs that turn the text around."""
        name: str = self.cleaned_data["full_name"]
        if not name.isprintable():
            raise forms.ValidationError(_("Write it in letters, in one line."))
        return name

    def save(self, commit: bool = True) -> Any:
        """Raises IntegrityError where the address has an account by now."""
        if User.objects.filter(email__iexact=self.instance.email).exists():
            raise IntegrityError("The address has an account.")
        self.instance.first_name = self.cleaned_data["full_name"]
        return super().save(commit)


def _is_sent(name: str) -> bool:
    return any(name in role.remote_types for role in ROLES.values())


def _initial(now: Grant) -> dict[str, Any]:
    whom = ALL if not now.narrowed else KEEP if now.narrowed_filter is not None else LISTED
    vins = Vehicle.objects.filter(pk__in=now.vehicles).order_by("vin").values_list("vin", flat=True)
    return {
        "role": now.role,
        "end": KEEP if now.ends_at else NEVER,
        "whom": whom,
        "listed": "\n".join(vins) if whom == LISTED else "",
        "remote_types": list(now.remote_types),
        "positions": now.positions,
    }
