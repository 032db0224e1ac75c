"""Remote actions: dispatch to the vehicle, the notifications that come back, and the state they lead to."""
