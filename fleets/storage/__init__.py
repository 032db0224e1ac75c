"""How rows, statements, ids, secrets and Redis are handled."""
