"""Words about actions: titles, statuses, causes, descriptions of payloads."""
