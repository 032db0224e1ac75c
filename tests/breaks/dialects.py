"""Breaks of the codecs: what a dialect has no place for is cut silently, or read as something else."""

from tests.breaks.kept import Break

_TRAVEL = "tests/protocol/test_travel.py"
_V1 = "tests/protocol/test_v1.py"
_ROUND = f"{_TRAVEL}::test_a_payload_comes_back_whole_or_is_refused_naming_the_field"

BREAKS = (
    Break(
        "what has no place in a dialect is left out",
        "protocol/canonical/form.py",
        "payload = without(payload, item.place, item.nothing)",
        "payload = without(payload, item.place, lambda value: True)",
        (f"{_TRAVEL}::test_what_a_v1_client_says_goes_to_a_v3_vehicle_or_is_refused", _ROUND),
    ),
    Break(
        "what v1 would refuse is sent",
        "protocol/canonical/form.py",
        '            check(self.schema, written, "")\n',
        "            pass\n",
        (f"{_TRAVEL}::test_what_a_v3_client_says_goes_to_a_v1_vehicle_or_is_refused",),
    ),
    Break(
        "an unknown field gets a meaning on the way",
        "protocol/canonical/moving.py",
        "if place not in own and _get(document, place) is not _MISSING:",
        "if place in own and _get(document, place) is _MISSING:",
        (
            f"{_V1}::test_a_breach_names_the_field_and_what_is_allowed",
            f"{_TRAVEL}::test_what_a_v3_client_says_goes_to_a_v1_vehicle_or_is_refused",
        ),
    ),
    Break(
        "lights off are lights on",
        "protocol/v1/forms.py",
        '{True: "Activated", False: "Unactivated"}',
        '{True: "Activated"}',
        (f"{_V1}::test_each_form_of_v1_is_read_and_written_the_same_and_held_to_the_published_file",),
    ),
    Break(
        "a second action slips through beside the first",
        "protocol/v3/remotes.py",
        'if name.casefold() in NAMES or name == "label"]',
        'if name == "label"]',
        (f"{_TRAVEL}::test_a_second_action_beside_the_first_never_slips_through_the_other_dialect",),
    ),
    Break(
        "a message of a monitor is an error",
        "protocol/v1/events.py",
        "        return [], [Unreadable(str(error), body)]\n",
        "        raise\n",
        (f"{_V1}::test_a_single_message_that_cannot_be_taken_in_is_told_not_raised",),
    ),
    Break(
        "a scope is read letter by letter",
        "protocol/v1/scopes.py",
        "small = scope.casefold()",
        "small = scope",
        (f"{_V1}::test_scopes_in_either_spelling",),
    ),
)
