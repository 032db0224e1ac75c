"""Pages of API clients: who answers for each, what it may, and its passwords."""
