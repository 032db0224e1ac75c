"""Tables for the terminal, and the line that says what they were measured on."""

import os
import platform
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, the first column to the left and all others to the right."""
    lines = [list(head), *[list(row) for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    texts = [_line(line, widths) for line in lines]
    rule = "| " + " | ".join("-" * widths[0] if not i else "-" * (w - 1) + ":" for i, w in enumerate(widths)) + " |"
    return "\n".join([texts[0], rule, *texts[1:]])


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    aligned = [
        cell.ljust(width) if not i else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
    ]
    return "| " + " | ".join(aligned) + " |"


def number(value: float) -> str:
    return f"{value:,.0f}"


def hardware(postgres: str) -> str:
    """Cores, processor and versions in one line."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return (
        f"{cores} cores, {_processor()}; Python {platform.python_version()}, PostgreSQL {postgres}, "
        f"granian {version('granian')}; load average before {os.getloadavg()[0]:.1f}"
    )


def command() -> str:
    """How to run the same again."""
    spec = getattr(sys.modules["__main__"], "__spec__", None)
    return " ".join(["python -m", spec.name if spec else sys.argv[0], *sys.argv[1:]])


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), platform.machine())
