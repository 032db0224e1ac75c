"""The audit as pages write and show it."""
