"""What a person looks for in the audit."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from console.audit.words import KINDS
from console.callbacks.forms.moments import MomentField, MomentsForm
from console.forms.filter_fields import search
from fleets.audit.searching import DEEDS, Wanted
from protocol.catalogue import REMOTE_TYPES
from remotes.words.titles import title_of

EVERYTHING = "all"


class AuditForm(MomentsForm):
    """GET parameters of the search; one that can't be read is told, and narrows nothing."""

    q = search(_("Vehicle"))
    who = forms.CharField(
        required=False,
        max_length=150,
        label=_("Who"),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
        help_text=_("A part of the name of a person or an API client."),
    )
    kind = forms.ChoiceField(
        required=False,
        label=_("What"),
        choices=lambda: [
            ("", _("What was done")),
            (EVERYTHING, _("Everything, also what was sent and answered")),
            *KINDS.items(),
        ],
    )
    type = forms.ChoiceField(
        required=False,
        label=_("Kind of action"),
        choices=lambda: [("", _("Any")), *[(name, title_of(entry)) for name, entry in REMOTE_TYPES.items()]],
    )
    about = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    since = MomentField(_("From"))
    until = MomentField(_("Until"))
    after = forms.CharField(required=False, max_length=60)

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="audit_%s")
        self.is_valid()

    @property
    def wrong(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name in self.errors]

    @property
    def wanted(self) -> dict[str, str]:
        """What narrows the list as it was given, by the names of the fields."""
        names = ("q", "who", "kind", "type", "about", "since", "until")
        given = {name: str(self.data.get(name) or "") for name in names if self.cleaned_data.get(name)}
        zone = {"zone": str(self.cleaned_data.get("zone") or "")} if {"since", "until"} & given.keys() else {}
        return {name: value for name, value in (given | zone).items() if value}

    @property
    def filter_count(self) -> int:
        return len(self.wanted.keys() - {"q", "zone", "about"})

    @property
    def start(self) -> str:
        return str(self.cleaned_data.get("after", ""))

    @property
    def address(self) -> str:
        """The query string for what is wanted."""
        query = QueryDict(mutable=True)
        query.update(self.wanted)
        return query.urlencode()

    def search_in(self, fleet_id: int | None) -> Wanted:
        """What is wanted of a fleet, or of all."""
        given = self.cleaned_data
        return Wanted(
            fleet_id=fleet_id,
            who=given.get("who", ""),
            vehicle=given.get("q", ""),
            kinds=self._kinds(given.get("kind", "")),
            remote_type=given.get("type", ""),
            subject=given.get("about", ""),
            since=self.moment("since"),
            until=self.moment("until"),
        )

    def _kinds(self, kind: str) -> tuple[str, ...]:
        """Of a single subject, such as an action, all that there is."""
        if kind == EVERYTHING or (not kind and self.cleaned_data.get("about")):
            return ()
        return (kind,) if kind else DEEDS
