"""Runs the receiver in this process until it is told to stop."""

import asyncio
import signal
import sys
from collections.abc import Mapping
from typing import Any

import uvloop
from aiohttp import web

from fleetremote.receiver.app import Receiver
from fleetremote.receiver.options import Options, read_options

SHUTDOWN_SECONDS = 0.5


def run(values: Mapping[str, Any]) -> int:
    """Serve until SIGTERM or SIGINT; 0 then, 1 when it can't start (and stderr says why)."""
    if hasattr(sys.stdout, "reconfigure"):
        # A terminal that can't show a letter must not fail a notification.
        sys.stdout.reconfigure(errors="replace")
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_serve(read_options(values)))
    except (OSError, ValueError) as error:
        print(f"receiver: {error}", file=sys.stderr)
        return 1
    return 0


async def _serve(options: Options) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    receiver = Receiver(options.keys, options.behaviour, None if options.quiet else _show)
    runner = web.AppRunner(
        receiver.application(), access_log=None, handle_signals=False, shutdown_timeout=SHUTDOWN_SECONDS
    )
    try:
        await runner.setup()
        await web.TCPSite(runner, options.host, options.port).start()
        host, port = runner.addresses[0][:2]
        _show(f"receiver is ready at http://{f'[{host}]' if ':' in host else host}:{port}")
        await stop.wait()
    finally:
        await runner.cleanup()


def _show(line: str) -> None:
    print(line, flush=True)
