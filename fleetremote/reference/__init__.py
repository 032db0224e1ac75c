"""Pages of docs/ that are made from the catalogue; a test compares each."""
