"""What the environment gives to settings.py: read, and refused in words where it is nonsense."""
