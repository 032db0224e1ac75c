"""Who uses a fleet and what they may: invited, changed, removed; and the accounts of all, for admins."""
