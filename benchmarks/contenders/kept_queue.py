"""The least that keeps what it was asked for: a row for each command, written before the answer and before the sending.

    python -m benchmarks.contenders.kept_queue DATABASE_URL REDIS_URL QUEUE

Each item of the queue is a row's id; the row holds [address, body].
"""

import sys

import psycopg
import redis
import requests

from simulator.world import CLIENT_ID, PASSWORD, USER

TABLE = "CREATE TABLE IF NOT EXISTS kept_command (id bigserial PRIMARY KEY, item jsonb NOT NULL, state text NOT NULL)"
INSERT = "INSERT INTO kept_command (item, state) VALUES (%s, 'queued') RETURNING id"
CLAIM = "UPDATE kept_command SET state = 'sending' WHERE id = %s AND state = 'queued' RETURNING item"


def main(database_url: str, redis_url: str, queue: str) -> None:
    client = redis.Redis.from_url(redis_url, socket_timeout=None)
    with psycopg.connect(database_url, autocommit=True, prepare_threshold=0) as link:
        while True:
            found = client.brpop([queue])
            assert found
            row = link.execute(CLAIM, [int(found[1])]).fetchone()
            assert row
            address, body = row[0]
            requests.post(address, json=body, params={"client_id": CLIENT_ID}, auth=(USER, PASSWORD), timeout=15)


if __name__ == "__main__":
    main(*sys.argv[1:])
