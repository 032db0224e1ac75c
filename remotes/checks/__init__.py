"""What is asked before an action is taken and again before it is sent."""
