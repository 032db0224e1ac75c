"""The least that sends commands: a Redis list, and a loop that takes from it and posts. Nothing is kept or checked.

    python -m benchmarks.contenders.bare_queue REDIS_URL QUEUE

Each item is JSON, [address, body].
"""

import json
import sys

import redis
import requests

from simulator.world import CLIENT_ID, PASSWORD, USER


def main(redis_url: str, queue: str) -> None:
    client = redis.Redis.from_url(redis_url, socket_timeout=None)
    while True:
        found = client.brpop([queue])
        assert found
        address, body = json.loads(found[1])
        requests.post(address, json=body, params={"client_id": CLIENT_ID}, auth=(USER, PASSWORD), timeout=15)


if __name__ == "__main__":
    main(*sys.argv[1:])
