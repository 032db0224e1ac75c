"""Camille manages Lyon, Viktor may look at it, Paris is another company's."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fleets.models import Fleet, Vehicle
from tests.world import make_fleet, make_person, make_vehicle


@dataclass
class World:
    lyon: Fleet
    paris: Fleet
    van: Vehicle
    rental: Vehicle
    camille: User
    viktor: User

    def page_of(self, vehicle: Vehicle, part: str = "") -> str:
        return f"/fleets/{vehicle.fleet.public_id}/vehicles/{vehicle.public_id}{part}"


@pytest.fixture
def world(db: None) -> World:
    lyon, paris = make_fleet("Lyon"), make_fleet("Paris")
    return World(
        lyon=lyon,
        paris=paris,
        van=make_vehicle(lyon, "Van 1", plate="AB-123-CD", brand="Peugeot", model="e-Expert", motorization="Electric"),
        rental=make_vehicle(paris, "Rental 1"),
        camille=make_person("camille", lyon),
        viktor=make_person("viktor", lyon, role="viewer"),
    )


LogIn = Callable[[User], Client]


@pytest.fixture
def log_in() -> LogIn:
    def for_person(person: User) -> Client:
        client = Client()
        client.force_login(person)
        return client

    return for_person


@pytest.fixture
def camille(world: World, log_in: LogIn) -> Client:
    return log_in(world.camille)


@pytest.fixture
def viktor(world: World, log_in: LogIn) -> Client:
    return log_in(world.viktor)
