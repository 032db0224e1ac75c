"""Small breaks of the engine that the suite must notice: each is kept here with the tests that go red by it.

`python -m tests.breaks` puts each into a copy of the checkout and runs its tests there; see docs/faults.md.
"""
