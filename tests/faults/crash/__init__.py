"""Delivery under fire: real processes deliver to subscribers of ours while they and their stores are killed.

plan.py says what happens, house.py runs the processes, producer.py puts events in, subscribers.py takes them, victim.py
and harm.py kill, report.py holds what arrived against what was promised. docs/faults.md explains it.
"""
