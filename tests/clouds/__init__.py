"""Small clouds, written from the published files with the standard library alone: Fleet Owner v3 and Connected Car v1.

They share no line with FleetRemote, its simulator or its tests: what one hand got wrong twice, another one notices. A
cloud takes each vehicle's remote actions, keeps what came in and what was carried out, notifies, and lies as it is told
to. `book.py` keeps, `lists.py` shows and lies, `actions.py` carries out, `web.py` speaks HTTP; `v3.py` and `v1.py` are
what each dialect adds to it (a `Speech`), `channels.py` and `tokens.py` what v1 alone has.

    python -m tests.clouds PORT VEHICLES                   Fleet Owner v3
    python -m tests.clouds PORT VEHICLES TOKEN_PORT        Connected Car v1, its token endpoint at a port of its own
"""
