"""The pages of alerts and of what is told to whom."""
