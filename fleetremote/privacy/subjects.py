"""Whom or what it is about: a person by the user name, or a vehicle by the VIN."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.models import User
from django.db.models import BinaryField, F, Func, IntegerField, Model, Q, QuerySet, Value

from fleetremote.privacy.catalogue import PERSONAL, Table
from fleets.audit.entries import About
from fleets.models import AuditEntry, Vehicle
from fleets.privacy.names import Renaming

AUDIT = "fleets.AuditEntry"
# A shorter user name is looked for by itself only, since it may stand as a word in any text.
SHORTEST_NAME = 6


class NotKnown(Exception):
    """There is no such person or vehicle; the text is fit for who asked."""


@dataclass(frozen=True)
class Person:
    user: User

    @property
    def name(self) -> str:
        return self.user.username

    @property
    def pseudonym(self) -> str:
        """The same for all of a person; it says nothing to who has no list of former names."""
        return f"erased-person-{self.user.pk}"

    @property
    def about(self) -> About:
        """By what the audit's entries about the account are known, too."""
        return About(f"person {self.user.pk}")

    @property
    def renaming(self) -> Renaming:
        """Names by which the person can be told from others."""
        full = self.user.get_full_name()
        telling = [self.user.email, full if " " in full else ""]
        telling += [self.name] if len(self.name) >= SHORTEST_NAME else []
        shown = [f"{full} ({self.name})"] if full else []
        return Renaming(tuple(filter(None, [*shown, *telling])), self.pseudonym)

    @property
    def entries(self) -> QuerySet[AuditEntry]:
        """Entries of the audit that the person wrote, or that name them."""
        named = Q(user=self.user.pk) | Q(subject=self.about.subject) | Q(subject__iexact=f"name {self.name}")
        for text in self.renaming.old:
            named |= Q(document__icontains=text) | Q(reason__icontains=text) | Q(who__icontains=text)
        return AuditEntry.objects.filter(named | Q(document__icontains=f'"{self.name}"'))

    def rows(self, table: Table) -> QuerySet[Model]:
        return self.entries.order_by("pk") if table.model == AUDIT else table.of_person(self.user.pk, self.name)


@dataclass(frozen=True)
class Car:
    vehicle: Vehicle

    @property
    def name(self) -> str:
        return self.vehicle.vin

    @property
    def pseudonym(self) -> str:
        """Of the form of a VIN, since only such a one is stored."""
        return f"ERASED{self.vehicle.pk:011}"

    @property
    def about(self) -> About:
        return About(self.vehicle.public_id, self.vehicle.fleet_id, self.vehicle.pk)

    @property
    def renaming(self) -> Renaming:
        return Renaming((self.name,), self.pseudonym, whole=False)

    @property
    def entries(self) -> QuerySet[AuditEntry]:
        """Entries of the audit about the vehicle, or that name it."""
        named = Q(vehicle=self.vehicle.pk) | Q(document__icontains=self.name) | Q(reason__icontains=self.name)
        return AuditEntry.objects.alias(place=place_in("body", self.name)).filter(named | Q(place__gt=0))

    def rows(self, table: Table) -> QuerySet[Model]:
        return self.entries.order_by("pk") if table.model == AUDIT else table.of_vehicle(self.vehicle.pk, self.name)


Subject = Person | Car


def place_in(column: str, text: str) -> Func:
    """Where the text begins in a column of bytes, from 1 on; 0 where it isn't in it."""
    sought = Value(text.encode(), output_field=BinaryField())
    return Func(sought, F(column), function="position", arg_joiner=" IN ", output_field=IntegerField())


def person(username: str) -> Person:
    """Raises NotKnown."""
    user = User.objects.filter(username=username).first()
    if user is None:
        raise NotKnown(f"Nobody has the user name {username}. The admin lists all of them under Users.")
    return Person(user)


def car(vin: str) -> Car:
    """Raises NotKnown."""
    vehicle = Vehicle.objects.filter(vin=vin.strip().upper()).select_related("gateway").first()
    if vehicle is None:
        raise NotKnown(f"There is no vehicle with the VIN {vin}.")
    return Car(vehicle)


def found(subject: Subject) -> Iterator[tuple[Table, QuerySet[Model]]]:
    """What each table has about it."""
    for table in PERSONAL:
        yield table, subject.rows(table)
