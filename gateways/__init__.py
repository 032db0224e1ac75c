"""Clients of the manufacturer's cloud, one module a dialect behind one small interface (gateways/interface.py)."""
