"""What runs inside of a container, beside its service."""
