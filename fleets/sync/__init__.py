"""What is taken over from gateways: fleets, vehicles and what each can do."""
