"""One gateway whose cloud misbehaves beside one that works: what it costs the other.

`bad_cloud.py` is the one, benchmarks/upstream.py the other. docs/faults.md explains it.
"""
