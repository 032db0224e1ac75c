"""`python -m tests.breaks [NAME…]`: puts each break in, or those named, and prints whether its tests go red."""

import sys

from tests.breaks.kept import all_breaks
from tests.breaks.run import copied, tried


def main(names: list[str]) -> int:
    """Print a line a break; gives how many have stayed green."""
    known = {kept.name: kept for kept in all_breaks()}
    if unknown := [name for name in names if name not in known]:
        print(f"No such break: {', '.join(unknown)}")
        return 2
    green = 0
    with copied() as copy:
        for name in names or known:
            verdict = tried(copy, known[name])
            green += not verdict.red
            print(
                f"{'red' if verdict.red else 'GREEN':<5} {verdict.seconds:5.0f} s  {name}  ({verdict.said})", flush=True
            )
    print(f"{len(names or known)} breaks, {green} green")
    return int(green > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
