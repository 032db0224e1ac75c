"""What stands before Django: bounds, addresses and headers of every answer, whichever way gives it."""
