"""What each role may, and who has which one in a fleet."""
