"""JSON as Python has it."""

from typing import Any

JsonObject = dict[str, Any]

# Characters of a label, in either dialect.
MAX_LABEL = 500
