"""Whether a gateway takes anything now: its health, its budgets, and whose turn it is."""
