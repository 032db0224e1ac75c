"""Services that use our API: their passwords, their certificates, and the people who answer for them."""
