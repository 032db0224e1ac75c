"""A PostgreSQL that loses its last seconds while commands are under way: an earlier base backup takes its place.

plan.py says how, backup.py copies and puts back, victim.py slows the worker down, run.py tells the story, report.py
holds what the cloud has received and the vehicles have done against what is shown. docs/faults.md explains it.
"""
