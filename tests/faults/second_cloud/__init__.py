"""A second small cloud, written from the published Fleet Owner API v3 with the standard library alone.

It shares no line with FleetRemote, its simulator or its tests: what one hand got wrong twice, another one notices. It
takes each vehicle's remote actions, keeps what came in and what was carried out, notifies, and lies as it is told to.
`book.py` keeps, `lists.py` shows and lies, `actions.py` carries out and notifies, `server.py` speaks HTTP.

    python -m tests.faults.second_cloud PORT VEHICLES
"""
