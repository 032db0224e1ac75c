"""How batches come: full ones at once, the rest when the window has passed."""

import time

from benchmarks.stage import Stage

SIZE, REST, WINDOW = 10, 3, 5


def batching(stage: Stage) -> str:
    """Put a batch and a few events more into the outbox, and tell in words what came and when."""
    stage.house.start_sweeper()
    ids = stage.call("callbacks", stage.targets(0, 1), SIZE, WINDOW)
    stage.sink("clear")
    opened = time.time()
    stage.fill(ids, SIZE + REST)
    woken = stage.call("wake", ids)
    _, came = stage.sink("wait", 0, 2)
    if [events for _, events in came] != [SIZE, REST]:
        raise RuntimeError(f"the requests held {came} events, not {SIZE} and {REST}")
    (first, _), (second, _) = came
    return (
        f"Batches of {SIZE} within {WINDOW} s, {SIZE + REST} events: {SIZE} in one request {first - woken:.2f} s after "
        f"the wake, {REST} in another {second - opened:.2f} s after the window was opened.\n"
    )
