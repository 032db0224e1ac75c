"""What FleetRemote is measured against: each is one small application that granian serves."""
