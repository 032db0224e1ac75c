"""A vehicle's name can be seen, turns nothing about, and with the VIN is nobody else's."""

import pytest

from fleets.models import Vehicle
from fleets.vehicles.naming import full_name, shown

VIN = "VF3ABCDE0ZZ000001"


@pytest.mark.parametrize(
    "label", ["", "  ", "\u200b", "\u200d\ufe0f", "\u202e", "\u2800\u3164", "\u00a0\u00ad", "\u0301"]
)
def test_a_label_that_shows_nothing_is_none(label: str) -> None:
    assert shown(label) == ""
    assert full_name(label, VIN) == VIN
    vehicle = Vehicle(vin=VIN, label=label)
    assert (str(vehicle), vehicle.full_name, vehicle.beside_name) == (VIN, VIN, "")


def test_marks_of_direction_turn_nothing_about() -> None:
    assert shown("\u202e7 tlovne\u202c \u2067x\u2069") == "7 tlovne x"


@pytest.mark.parametrize("label", ["Dépôt Zürich 7 🚐", "👨‍🔧 Atelier", "⚙️", "ال 7", "東京"])
def test_what_is_seen_stays(label: str) -> None:
    assert shown(label) == label
    vehicle = Vehicle(vin=VIN, label=label)
    assert (str(vehicle), vehicle.full_name, vehicle.beside_name) == (label, f"{label} · {VIN}", VIN)
