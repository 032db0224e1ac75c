"""One command for many vehicles, in waves."""
