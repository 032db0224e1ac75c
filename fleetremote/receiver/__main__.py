"""`python -m fleetremote.receiver`: run the receiver by itself."""

import argparse
import sys

from fleetremote.receiver.options import add_options
from fleetremote.receiver.serve import run


def main(argv: list[str] | None = None) -> int:
    """Serve until it is stopped; the exit code."""
    parser = argparse.ArgumentParser(prog="receiver", description=__doc__)
    add_options(parser)
    return run(vars(parser.parse_args(argv)))


if __name__ == "__main__":
    sys.exit(main())
