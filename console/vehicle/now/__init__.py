"""What a vehicle is like now: each part of its state beside the commands that change it, and what was pressed last."""
