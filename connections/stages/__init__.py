"""What is done for a connection, one stage a file."""
