"""What a start is asked for, and what it says when all answers."""
