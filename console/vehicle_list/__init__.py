"""The list of a fleet's vehicles: search, filters, order, columns, saved views, and the same as CSV."""
