"""People: what one may give another, invitations, and whose say counts as a second person's."""
