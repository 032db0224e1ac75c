"""The fault matrix: what the cloud does wrong, times what dies meanwhile, times what the vehicle is asked for.

plan.py lists the cells, house.py runs the processes, victim.py stops their workers at an exact moment, run.py does the
harm and waits, report.py holds what is shown against what the vehicles did. docs/faults.md explains it.
"""
