"""What runs by itself: bulk commands, schedules, saved commands."""
