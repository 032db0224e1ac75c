"""A vehicle's page: its state, its buttons, its history."""
