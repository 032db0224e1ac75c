"""What the parts of the v3 codec share."""

from typing import Any

DIALECT = "v3"
MAX_LABEL = 500

JsonObject = dict[str, Any]
