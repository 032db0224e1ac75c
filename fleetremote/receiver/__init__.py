"""A small subscriber for the demo, the docs and the tests: prints and verifies what it is sent, and can misbehave."""
