"""What is personal, and how it goes again: positions after their days, a person or a vehicle when that is asked for."""
