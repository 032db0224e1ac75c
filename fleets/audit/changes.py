"""Writes who changed the settings: rows that were created, changed and deleted, by whichever door.

Each room says in its `apps.py` which models are watched (`watch`). What is saved and deleted through the ORM is then
written down by itself; what goes past it (`QuerySet.update`) is written by who does it, with `record_changed`.
Without a doer (fleets/audit/doer.py) nothing is written: workers carry out what is on record already.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.db.models import ManyToManyField, Model
from django.db.models.signals import m2m_changed, post_delete, post_save, pre_save

from fleets.audit.doer import doer
from fleets.audit.entries import SYSTEM, About, Actor, Kind, Origin, record
from fleets.models import AuditEntry

CREATED, CHANGED, DELETED = "created", "changed", "deleted"
# In place of what is secret or somebody's own: that it changed is told, and no more.
NOT_TOLD = "not told"
# Characters of a value that are kept.
LONGEST = 300

_FORMER = "_audit_former"


def record_changed(
    about: About,
    what: str,
    *,
    actor: Actor = SYSTEM,
    origin: AuditEntry.Origin = Origin.SYSTEM,
    reason: str = "",
    document: Mapping[str, Any] | None = None,
) -> None:
    """Write that settings were changed. `what` is one of the words above or another in the past tense.

    `document` names `of` what kind, its `name`, and `fields`: [before, after] each; nothing secret.
    """
    told = {"what": what, **(document or {})}
    record(Kind.CHANGED, about, actor=actor, origin=origin, reason=reason, document=told)


@dataclass(frozen=True)
class Watched:
    """How rows of a model are told.

    `fields` are told with their values, of `hidden` ones only that they changed. `values` gives what else is told of a
    row, by name, which is read from the fields `sources`. `many` are many-to-many fields. `where` leaves rows out.
    `words` says what has happened to a row where a field, by name, is another than before. `only` are the
    words that are written, all where it is empty. `about` says where the entry belongs.
    """

    model: type[Model]
    of: str
    about: Callable[[Any], About]
    fields: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    many: tuple[str, ...] = ()
    values: Callable[[Any], Mapping[str, Any]] = field(default=lambda _row: {})
    sources: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    only: tuple[str, ...] = ()
    where: Callable[[Any], bool] = field(default=lambda _row: True)

    @property
    def names(self) -> set[str]:
        """The fields that anything is read from."""
        return {*self.fields, *self.hidden, *self.sources, *self.words}

    def read(self, row: Model) -> dict[str, Any]:
        """The values by name, those of hidden fields as they are: they are compared, and never written."""
        fields = {name: getattr(row, name) for name in (*self.fields, *self.hidden, *self.words)}
        try:
            return fields | dict(self.values(row))
        except ObjectDoesNotExist:
            # What it belonged to has gone with it.
            return fields

    def is_hidden(self, name: str) -> bool:
        return name in self.hidden or (name in self.words and name not in self.fields)

    def told(self, name: str, value: Any) -> Any:
        if self.is_hidden(name):
            return NOT_TOLD if value else ""
        return value if value is None or isinstance(value, bool | int | float) else _short(value)


def watch(watched: Watched) -> None:
    """From now on changes of these rows are written down. For `apps.py`."""
    model, key = watched.model, f"audit of {watched.model.__name__}"

    def before(sender: Any, instance: Model, update_fields: Iterable[str] | None = None, **_: Any) -> None:
        _keep_former(watched, instance, update_fields)

    def saved(sender: Any, instance: Model, created: bool, **_: Any) -> None:
        _saved(watched, instance, created)

    def deleted(sender: Any, instance: Model, **_: Any) -> None:
        # What it is told by may cost a query for each row, and of old tokens there are thousands.
        if doer() is not None:
            _write(watched, instance, DELETED, _only_told(watched, watched.read(instance)))

    pre_save.connect(before, model, weak=False, dispatch_uid=f"{key} before")
    post_save.connect(saved, model, weak=False, dispatch_uid=f"{key} saved")
    post_delete.connect(deleted, model, weak=False, dispatch_uid=f"{key} deleted")
    for name in watched.many:
        _watch_many(watched, name)
    _save_in_one(model)


def _save_in_one(model: type[Model]) -> None:
    """A row and what is written of it are saved together or not at all: Django itself commits before it tells."""
    name, save = "save_base", model.save_base

    def save_base(row: Model, *args: Any, **named: Any) -> None:
        if doer() is None:
            save(row, *args, **named)
            return
        with transaction.atomic(using=named.get("using"), savepoint=False):
            save(row, *args, **named)

    setattr(model, name, save_base)


def _watch_many(watched: Watched, name: str) -> None:
    relation = watched.model._meta.get_field(name)
    assert isinstance(relation, ManyToManyField)

    def changed(sender: Any, instance: Any, action: str, reverse: bool, pk_set: set[Any] | None, **_: Any) -> None:
        # What is about to be removed is still there, so that what was not there is left out.
        word = {"post_add": "added", "pre_remove": "removed", "pre_clear": "removed"}.get(action)
        if word is None or doer() is None:
            return
        there: Any = getattr(instance, str(relation.remote_field.get_accessor_name()) if reverse else name)
        others = list(there.all() if pk_set is None else there.filter(pk__in=pk_set))
        pairs = [(other, [instance]) for other in others] if reverse else [(instance, others)] if others else []
        for row, joined in pairs:
            _write(watched, row, CHANGED, {name: {word: sorted(map(_short, joined))}})

    key = f"audit of {watched.model.__name__}.{name}"
    m2m_changed.connect(changed, getattr(watched.model, name).through, weak=False, dispatch_uid=key)


def _keep_former(watched: Watched, row: Model, update_fields: Iterable[str] | None) -> None:
    """Read the row as it is stored, where it is one that is stored and something watched may change."""
    vars(row).pop(_FORMER, None)
    if row._state.adding or doer() is None or (update_fields is not None and watched.names.isdisjoint(update_fields)):
        return
    former = watched.model._base_manager.filter(pk=row.pk).first()
    if former is not None:
        vars(row)[_FORMER] = (watched.where(former), watched.read(former))


def _saved(watched: Watched, row: Model, created: bool) -> None:
    if doer() is None:
        return
    now = watched.read(row)
    if created:
        _write(watched, row, CREATED, _only_told(watched, now))
        return
    was_told, former = vars(row).pop(_FORMER, (False, None))
    if former is None:
        return
    differing = {name: (former.get(name), now.get(name)) for name in now if former.get(name) != now.get(name)}
    if differing and (was_told or watched.where(row)):
        told = {name: [watched.told(name, old), watched.told(name, new)] for name, (old, new) in differing.items()}
        words = [watched.words[name] for name in differing if name in watched.words]
        _write(watched, row, words[0] if words else CHANGED, told, anyway=True)


def _only_told(watched: Watched, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a whole row holds, without what is empty or hidden."""
    return {name: watched.told(name, value) for name, value in values.items() if value and not watched.is_hidden(name)}


def _write(watched: Watched, row: Model, what: str, told: Mapping[str, Any], *, anyway: bool = False) -> None:
    who = doer()
    if who is None or not (anyway or watched.where(row)) or (watched.only and what not in watched.only):
        return
    document = {"of": watched.of, "name": _short(row), "fields": dict(told)}
    record_changed(watched.about(row), what, actor=who.actor, origin=who.origin, document=document)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1]}…"
