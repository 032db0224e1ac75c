"""Whether the long forms of tests run: `script/test --long` sets FLEETREMOTE_TEST_LONG=1."""

import os

LONG = os.environ.get("FLEETREMOTE_TEST_LONG") == "1"
