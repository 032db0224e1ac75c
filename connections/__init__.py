"""How an account at the manufacturer's cloud becomes a gateway: step by step, and as a check at any time."""
