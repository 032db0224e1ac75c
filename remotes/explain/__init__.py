"""What is known of a failed action, and its likely reasons."""
