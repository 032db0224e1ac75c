"""An action's life: its status from its events, its end, what is told of it."""
