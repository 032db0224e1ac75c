"""What the manufacturer's cloud lists and is left out."""
