"""A process that asks a gateway's budget for slots: `python -m tests.fleets.asking GATEWAY BURST SECONDS`.

It prints when each request reached the cloud, in seconds since 1970.
"""

import random
import sys
import time

import django


def main(gateway_id: int, burst: int, seconds: float) -> None:
    django.setup()
    from fleets.budgets import Asker, Kind, Limits, answered, end_line, take
    from gateways.rate_headers import Told

    asker = Asker(gateway_id, 1, Kind.COMFORT, Limits(burst, 0))
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        if take(asker) is not None:
            # Nobody leads the line here, so that all processes stampede.
            end_line(gateway_id)
            time.sleep(0.002)
            continue
        began = time.monotonic()
        time.sleep(random.uniform(0, 0.05))
        print(time.time(), flush=True)
        time.sleep(random.uniform(0, 0.05))
        answered(gateway_id, time.monotonic() - began, Told(burst=burst, day=0), is_answer=True)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
