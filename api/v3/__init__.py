"""The published v3 API, as FleetRemote answers it."""
