"""Our own callback at the manufacturer's cloud: registered, checked, its secrets changed, and what is known of it."""
