"""Which vehicles and which actions are meant: filters, and what they find."""
