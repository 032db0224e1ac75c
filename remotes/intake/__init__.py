"""What comes in: the webhook's notifications, and a vehicle's state."""
