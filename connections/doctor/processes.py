"""The workers of each queue, and Celery's clock: their signs of life."""

from collections.abc import Iterator

from connections.doctor.finding import Finding
from fleets.storage import pulse


def living() -> Iterator[Finding]:
    lives = pulse.read()
    for kind in pulse.KINDS:
        trouble = pulse.trouble(lives.get(kind))
        what = "Celery's clock" if kind == pulse.CLOCK else f"The worker of the queue {kind}"
        check = "celery-clock" if kind == pulse.CLOCK else f"worker-{kind}"
        if trouble is None:
            yield Finding(check, True, f"{what} runs.")
        else:
            yield Finding(check, False, f"{what}: {trouble} Start it again, and see its log.")
