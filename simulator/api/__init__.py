"""The API of the stand-in cloud."""
