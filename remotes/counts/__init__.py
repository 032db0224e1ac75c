"""How many actions stand how: what a fleet's overview counts, by the conditions of the list behind it."""
