"""Reading vehicles' states from the cloud, which wakes no vehicle: when, how much at a time, and what comes of it."""
