"""The tabs of a vehicle's page: which there are, and what each shows."""
