"""Where on earth: towns of the gazetteer, positions in words, places that a fleet has saved. All of it offline."""
