"""`python -m simulator`: run the stand-in cloud by itself."""

import argparse
import asyncio
import logging
import signal
import ssl
import sys
from pathlib import Path

import uvloop
from aiohttp import web

from simulator import faults
from simulator.api.routes import application
from simulator.cloud import Cloud, Settings
from simulator.database import InUse
from simulator.encryption import server_context
from simulator.scopes import KNOWN
from simulator.world import WorldFleet, demo_world, generated_fleet

SHUTDOWN_SECONDS = 0.5


def main(argv: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; 0 then, 1 when it can't start (and stderr says why)."""
    options = make_parser().parse_args(argv)
    logging.basicConfig(level=logging.WARNING, format="simulator: %(levelname)s %(message)s")
    try:
        settings = _settings(options)
        encryption = server_context(options.tls_cert, options.tls_key, options.client_ca)
        world = [*demo_world(), *([generated_fleet(options.vehicles)] if options.vehicles else [])]
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(options.host, options.port, settings, world, encryption))
    except (InUse, OSError, ValueError) as error:
        print(f"simulator: {error}", file=sys.stderr)
        return 1
    return 0


async def _serve(
    host: str, port: int, settings: Settings, world: list[WorldFleet], encryption: ssl.SSLContext | None
) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    cloud = Cloud(settings, world)
    runner = web.AppRunner(application(cloud), access_log=None, handle_signals=False, shutdown_timeout=SHUTDOWN_SECONDS)
    try:
        await runner.setup()
        site = web.TCPSite(runner, host, port, ssl_context=encryption)
        await site.start()
        address = runner.addresses[0]
        scheme = "http" if encryption is None else "https"
        print(f"simulator is ready at {scheme}://{address[0]}:{address[1]}", flush=True)
        await stop.wait()
    finally:
        await runner.cleanup()
        await cloud.close()


def _settings(options: argparse.Namespace) -> Settings:
    wanted = faults.from_options(options.fault, options.seed) if options.fault else None
    return Settings(
        database=options.database,
        speed=options.speed,
        seed=options.seed,
        wake_ups_per_month=options.wake_ups_per_month,
        burst_limit=options.burst_limit,
        day_limit=options.day_limit,
        faults=wanted,
        strict=options.strict,
        arrays=options.arrays,
        scopes=_scopes(options.scopes),
        token_seconds=options.token_seconds,
    )


def _scopes(words: str | None) -> frozenset[str]:
    wanted = KNOWN if words is None else frozenset(words.split())
    if wanted - KNOWN:
        raise ValueError(f"--scopes: there is no scope {', '.join(sorted(wanted - KNOWN))}")
    return wanted


def make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="simulator", description=__doc__)
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    add("--port", type=int, default=8100, help="port, 0 for any free one (8100)")
    add("--database", type=Path, required=True, help="SQLite file that keeps the state; made when missing")
    add("--speed", type=_positive, default=1.0, help="divides all delays; 60 is a minute a second (1)")
    add("--seed", type=int, default=1, help="seed of what is random: time-outs, faults (1)")
    add("--wake-ups-per-month", type=int, help="limit a vehicle and calendar month (none)")
    add("--burst-limit", type=int, default=0, help="requests in any second, 0 for no limit (0)")
    add("--day-limit", type=int, default=0, help="requests in any 24 hours, 0 for no limit (0)")
    add("--vehicles", type=int, default=0, help="add a generated fleet of so many vehicles (0)")
    add("--tls-cert", type=Path, metavar="FILE", help="serve HTTPS with this certificate and its chain, in PEM")
    add("--tls-key", type=Path, metavar="FILE", help="its private key, in PEM and not encrypted")
    add("--client-ca", type=Path, metavar="FILE", help="let in only clients with a certificate of these CAs, in PEM")
    add("--strict", type=int, choices=(400, 422), help="refuse what is not published with this status (none)")
    add("--arrays", type=int, default=0, metavar="N", help="post N that wait as one array (0: v3 never, v1 100)")
    add("--scopes", metavar="SCOPES", help="those that v1's account has, with spaces between them (all)")
    add("--token-seconds", type=int, default=900, metavar="N", help="life of a token of v1, at any speed (900)")
    add("--fault", action="append", default=[], metavar="NAME=SHARE", help="switch on a fault, as duplicates=0.1")
    return parser


def _positive(text: str) -> float:
    value = float(text)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError("must be above 0")
    return value


if __name__ == "__main__":
    sys.exit(main())
