"""The pages of callbacks, and of what was delivered to them."""
