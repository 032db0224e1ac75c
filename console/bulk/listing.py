"""Bulk commands and their vehicles as pages show them, a page at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, QuerySet

from console.bulk.words import OUTCOMES, VERDICTS, asker_of, bulk_title, halt_words, item_word, state_word, verdict_word
from fleets.access import vehicles_for
from fleets.models import Vehicle
from fleets.words.numbers import Word
from remotes.life.lateness import late_at
from remotes.models import BulkCommand, BulkItem

PAGE_SIZE = 50
LIST_SIZE = 20

Item = BulkItem.State

# The parts of the progress bar, in their order.
_BAR = (Item.SUCCEEDED, Item.FAILED, Item.ASKED)


@dataclass(frozen=True)
class Part:
    """A part of the vehicles that a list can be narrowed to."""

    name: str
    title: str
    number: int


@dataclass(frozen=True)
class Segment:
    """A part of a bar that is 100 wide."""

    name: str
    x: float
    width: float


@dataclass(frozen=True)
class Tally:
    """How many vehicles there are and how they stand. Those that are skipped are no part of the progress."""

    parts: list[Part]

    def number(self, name: str) -> int:
        return next((part.number for part in self.parts if part.name == name), 0)

    @property
    def total(self) -> int:
        return sum(part.number for part in self.parts)

    @property
    def meant(self) -> int:
        """The vehicles that are to be asked."""
        return self.total - self.number(Item.SKIPPED)

    @property
    def ended(self) -> int:
        """What was sent has an end; what was not sent has none."""
        return self.number(Item.SUCCEEDED) + self.number(Item.FAILED)

    @property
    def succeeded(self) -> int:
        return self.number(Item.SUCCEEDED)

    @property
    def failed(self) -> int:
        return self.number(Item.FAILED)

    @property
    def unsent(self) -> int:
        return self.number(Item.CANCELLED)

    @property
    def bar(self) -> list[Segment]:
        segments, x = [], 0.0
        for name in _BAR:
            width = 100 * self.number(name) / (self.meant or 1)
            segments.append(Segment(name, round(x, 2), round(width, 2)))
            x += width
        return segments


@dataclass(frozen=True)
class ItemRow:
    """A vehicle of a bulk command and how it stands; from `late_at` on its action is late."""

    place: int
    vehicle: Vehicle
    word: Word
    action_id: str
    at: datetime | None
    late_at: datetime | None


@dataclass(frozen=True)
class ItemPage:
    """`next_after` is the key of the next page, None on the last; `after` where this one begins."""

    rows: list[ItemRow]
    next_after: int | None
    after: int | None


@dataclass(frozen=True)
class BulkRow:
    """A bulk command in the list of them."""

    bulk: BulkCommand
    title: str
    who: str
    word: Word
    why: str
    tally: Tally


@dataclass(frozen=True)
class BulkPage:
    """`older` is the key that the next page lies before, None on the last."""

    rows: list[BulkRow]
    older: int | None


def tally_of(bulk: BulkCommand) -> Tally:
    """One statement, by verdict before it starts and by outcome afterwards."""
    field, titles = ("verdict", VERDICTS) if _is_preflight(bulk) else ("state", OUTCOMES)
    numbers = dict(seen_items(bulk).order_by().values_list(field).annotate(Count("pk")))
    return Tally([Part(str(name), str(title), numbers.get(name, 0)) for name, title in titles.items()])


def item_page(bulk: BulkCommand, only: str, after: int | None) -> ItemPage:
    """The vehicles in their order that come after place `after`, `only` those that stand so: one statement."""
    items = _items(bulk, only)
    if after is not None:
        items = items.filter(place__gt=after)
    found = list(items[: PAGE_SIZE + 1])
    shown = found[:PAGE_SIZE]
    rows = [_row(item, verdict_word(item) if _is_preflight(bulk) else item_word(item)) for item in shown]
    return ItemPage(rows, shown[-1].place if len(found) > PAGE_SIZE else None, after)


def all_rows(bulk: BulkCommand) -> Iterator[BulkItem]:
    """Every vehicle with its action, read piece by piece."""
    return _items(bulk, "").iterator(chunk_size=1000)


def choices_of(bulk: BulkCommand) -> Sequence[str]:
    """What the list of its vehicles can be narrowed to."""
    return [str(name) for name in (VERDICTS if _is_preflight(bulk) else OUTCOMES)]


def bulk_page(bulks: QuerySet[BulkCommand], before: int | None) -> BulkPage:
    """Those of a fleet that were started, newest first: two statements."""
    bulks = bulks.filter(started_at__isnull=False).order_by("-pk")
    if before is not None:
        bulks = bulks.filter(pk__lt=before)
    found = list(bulks.select_related("user", "stopped_by")[: LIST_SIZE + 1])
    shown = found[:LIST_SIZE]
    tallies = _tallies(shown)
    rows = [
        BulkRow(bulk, bulk_title(bulk), asker_of(bulk), state_word(bulk), halt_words(bulk), tallies[bulk.pk])
        for bulk in shown
    ]
    return BulkPage(rows, shown[-1].pk if len(found) > LIST_SIZE else None)


def _tallies(bulks: Sequence[BulkCommand]) -> dict[int, Tally]:
    items = BulkItem.objects.filter(bulk__in=[bulk.pk for bulk in bulks]).order_by()
    numbers = {(pk, state): number for pk, state, number in items.values_list("bulk_id", "state").annotate(Count("pk"))}
    return {
        bulk.pk: Tally(
            [Part(str(name), str(title), numbers.get((bulk.pk, name), 0)) for name, title in OUTCOMES.items()]
        )
        for bulk in bulks
    }


def _items(bulk: BulkCommand, only: str) -> QuerySet[BulkItem]:
    items = seen_items(bulk).select_related("vehicle", "action").order_by("place")
    # A vehicle's documents are long, and not shown here.
    items = items.defer("vehicle__state", "vehicle__capability_document")
    if not only:
        return items
    return items.filter(verdict=only) if _is_preflight(bulk) else items.filter(state=only)


def seen_items(bulk: BulkCommand) -> QuerySet[BulkItem]:
    """Its vehicles, without those that the person that its fleet was looked up for may not see any more."""
    items: QuerySet[BulkItem] = bulk.items.all()
    member = bulk.fleet.own_member
    return items if member is None or not member.narrowed else items.filter(vehicle__in=vehicles_for(member).order_by())


def _is_preflight(bulk: BulkCommand) -> bool:
    return bulk.state == BulkCommand.State.PREFLIGHT


def _row(item: BulkItem, word: Word) -> ItemRow:
    action = item.action
    at = (action.finished_at or item.asked_at) if action else None
    late = late_at(action) if action else None
    return ItemRow(item.place, item.vehicle, word, action.public_id if action else "", at, late)
