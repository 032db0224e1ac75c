"""Fleets, vehicles, the people and API clients who may use them, and the gateways behind them."""
