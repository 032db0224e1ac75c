"""Workers on hosts whose clocks are a minute off, one ahead and one behind: they send nothing, late or early.

run.py has them run, alone at first and then beside a worker that is right; docs/faults.md explains it.
"""
