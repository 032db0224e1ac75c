"""Breaks of what is known of a vehicle in two dialects, and of what it takes."""

from tests.breaks.kept import Break

_CAPABILITIES = "tests/fleets/test_capabilities.py"
_TELEMETRY = "tests/protocol/test_v1_telemetry.py"
_WALK = "tests/walkthrough/test_dialects.py"

BREAKS = (
    Break(
        "a state that the vehicle does not take is sent",
        "fleets/vehicles/limits.py",
        "        yield Why(NOT_ONE_OF, path=path, value=in_words(value), allowed=",
        "        return\n        yield Why(NOT_ONE_OF, path=path, value=in_words(value), allowed=",
        (f"{_CAPABILITIES}::test_the_states_of_the_horn_are_read_however_a_cloud_says_them",),
    ),
    Break(
        "a list in words that nobody knows forbids everything",
        "fleets/vehicles/limits.py",
        "    if not known or not limit.values:\n        return limit\n",
        "    return limit\n",
        (f"{_CAPABILITIES}::test_states_that_are_not_understood_take_nothing_away",),
    ),
    Break(
        "a word for a lock that v1 lacks is lost",
        "protocol/v1/telemetry.py",
        'doors["lockedState"] = [state',
        'doors.pop("lockedStates")\n        doors["lockedState"] = [state',
        (f"{_TELEMETRY}::test_what_v1_has_no_word_for_stands_beside_it",),
    ),
    Break(
        "an odometer without a mileage breaks a strict client of v1",
        "protocol/v1/telemetry.py",
        "            if _is_whole(",
        "            if True or _is_whole(",
        (f"{_TELEMETRY}::test_a_part_without_what_v1_asks_for_stays_where_v3_has_it",),
    ),
    Break(
        "a notification in the wrong dialect is no problem",
        "fleetremote/walkthrough/dialects.py",
        'return "" if told == api else',
        'return "" if told else',
        (f"{_WALK}::test_what_is_not_as_it_should_be_is_a_problem",),
    ),
)
