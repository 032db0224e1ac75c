"""The second person: what waits for somebody's decision, and the pages on which they decide."""
