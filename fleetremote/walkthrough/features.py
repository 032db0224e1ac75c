"""The features of the catalogue: what a walk sends."""

from dataclasses import dataclass
from typing import Any

from protocol.catalogue import REMOTE_TYPES, Command, RemoteType

JsonObject = dict[str, Any]


@dataclass(frozen=True)
class Feature:
    """One feature of the protocol: a remote type, or a part of one where it has several."""

    name: str
    remote_type: RemoteType
    payload: JsonObject

    @property
    def opposite(self) -> Command | None:
        """The command that takes it back."""
        others = [command for command in self.remote_type.commands if command.payload != self.payload]
        return others[0] if len(self.remote_type.commands) == 2 and len(others) == 1 else None


def features() -> list[Feature]:
    """Every feature of the catalogue: a type that does several things counts for each."""
    return [
        Feature(
            entry.name if len(entry.features) == 1 else f"{entry.name}.{next(iter(sample.payload))}", entry, payload
        )
        for entry in REMOTE_TYPES.values()
        for sample in entry.features
        for payload in [sample.payload]
    ]
