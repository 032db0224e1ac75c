"""What a subscriber registers: which secrets stay as they were, and how many callbacks there may be."""
