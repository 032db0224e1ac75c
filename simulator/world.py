"""The demo world: two fleets that are the same on every machine, and generated fleets of any size."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from simulator.vehicles.profiles import PROFILES

# A sandbox: these open nothing but a simulator.
CLIENT_ID = "5a4d0c5e-51b0-4c1e-9d6f-0f1e7a2b3c4d"
USER = "sandbox"
PASSWORD = "sandbox-password"  # noqa: S105
V1_CLIENT_ID = "c0ffee5e-71b0-4c1e-8a5d-2b9e6f0d1a7c"
V1_CLIENT_SECRET = "sandbox-secret"  # noqa: S105


@dataclass(frozen=True)
class WorldVehicle:
    """A vehicle as it leaves the factory. `motorization` is a value of fleet-owner-v3.yaml; `profile` of PROFILES."""

    id: str
    vin: str
    label: str
    plate: str
    brand: str
    model: str
    motorization: str
    profile: str


@dataclass(frozen=True)
class WorldFleet:
    """A fleet with its vehicles; ids are hexadecimal. `api`: by which API they are reached, and by no other.

    All fleets of v1 together are the vehicles of its one account.
    """

    id: str
    name: str
    vehicles: list[WorldVehicle]
    api: Literal["v3", "v1"] = "v3"


@dataclass(frozen=True)
class _Model:
    brand: str
    name: str
    motorization: str
    vin_prefix: str


_ELECTRIC = (
    _Model("Peugeot", "e-208", "Electric", "VF3UHZKX"),
    _Model("Citroën", "ë-C3", "Electric", "VF7EBZKX"),
    _Model("DS", "3 E-Tense", "Electric", "VR1UJZKX"),
    _Model("Opel", "Corsa Electric", "Electric", "W0VUHZKX"),
    _Model("Peugeot", "e-Expert", "Electric", "VF3V1ZKX"),
    _Model("Citroën", "ë-Berlingo", "Electric", "VF7ECZKX"),
)
_MIXED = (
    *_ELECTRIC,
    _Model("Peugeot", "308 Hybrid", "Hybrid", "VF3FBDGX"),
    _Model("DS", "DS 7 E-Tense", "Hybrid", "VR1J45GB"),
    _Model("Citroën", "Jumpy", "Thermic", "VF7VABHX"),
    _Model("Vauxhall", "Combo", "Thermic", "W0VE7YHZ"),
)
_PLATE_LETTERS = "ABCDEFGHJKLMNPRSTVWXYZ"


def demo_world() -> list[WorldFleet]:
    """Two fleets. The first has one vehicle of each profile, all electric; the second is larger, ordinary, and v1's."""
    lyon = _fleet("lyon", "Lyon", list(PROFILES), _ELECTRIC)
    ordinary = ["awake" if number % 3 == 0 else "asleep" for number in range(30)]
    return [lyon, _fleet("nantes", "Nantes", ordinary, _MIXED, "v1")]


def generated_fleet(size: int) -> WorldFleet:
    """A fleet of `size` vehicles, one in ten awake and the others asleep; the same vehicles for the same size."""
    profiles = ["awake" if number % 10 == 0 else "asleep" for number in range(size)]
    return _fleet("generated", "Generated", profiles, _MIXED)


def _fleet(
    key: str, place: str, profiles: list[str], models: tuple[_Model, ...], api: Literal["v3", "v1"] = "v3"
) -> WorldFleet:
    vehicles = [
        _vehicle(key, place, number, models[number % len(models)], profile) for number, profile in enumerate(profiles)
    ]
    return WorldFleet(_hex(f"fleet {key}", 24), f"{place} fleet", vehicles, api)


def _vehicle(key: str, place: str, number: int, model: _Model, profile: str) -> WorldVehicle:
    fleet_letter = _PLATE_LETTERS[int(_hex(key, 4), 16) % len(_PLATE_LETTERS)]
    return WorldVehicle(
        id=_hex(f"vehicle {key} {number}", 32),
        vin=f"{model.vin_prefix}{fleet_letter}P{_hex(f'plant {key}', 1).upper()}{number + 1:06d}",
        label=f"{model.brand} {model.name} · {place} {number + 1}",
        plate=_plate(key, number),
        brand=model.brand,
        model=model.name,
        motorization=model.motorization,
        profile=profile,
    )


def _plate(key: str, number: int) -> str:
    digits = int(_hex(f"plate {key} {number}", 8), 16)
    letters = ""
    for _ in range(4):
        digits, letter = divmod(digits, len(_PLATE_LETTERS))
        letters += _PLATE_LETTERS[letter]
    return f"{letters[:2]}-{digits % 999 + 1:03d}-{letters[2:]}"


def _hex(text: str, length: int) -> str:
    return sha256(text.encode()).hexdigest()[:length]
