from fleets.models.access import ApiClient, Membership
from fleets.models.fleet import Fleet, Vehicle
from fleets.models.gateway import Gateway, UpstreamFleet

__all__ = ["ApiClient", "Fleet", "Gateway", "Membership", "UpstreamFleet", "Vehicle"]
