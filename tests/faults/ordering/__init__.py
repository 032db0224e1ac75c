"""Many actions on many vehicles, several worker processes: whether the rules of remotes/sending/order.py hold.

plan.py says what is asked for, rules.py holds what the cloud received against the rules, run.py does it with real
processes and benchmarks/upstream.py for a cloud. docs/faults.md explains it.
"""
