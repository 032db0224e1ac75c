"""What people and programs ask for: an action, its cancelling, a decision, the kill switch."""
