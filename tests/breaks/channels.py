"""Breaks of v1's channels: what a subscriber gets, and who may do what with a channel."""

from tests.breaks.kept import Break

_CHANNELS = "tests/callbacks/test_channels.py"
_MESSAGES = "tests/callbacks/delivery/test_messages.py"
_INTAKE = "tests/remotes/intake/test_messages.py"

BREAKS = (
    Break(
        "channels: an array goes with header and query attributes",
        "callbacks/delivery/posting.py",
        'if batch.body.startswith(b"["):',
        'if batch.body.startswith(b"(") or self._differ is None:',
        (f"{_MESSAGES}::test_an_array_has_neither_header_nor_query_attributes_but_is_signed",),
    ),
    Break(
        "channels: what comes in an outage is tried one by one",
        "callbacks/delivery/turns.py",
        "rest=not hold)",
        "rest=hold or not hold)",
        (f"{_MESSAGES}::test_after_an_outage_arrays_of_100_come_in_order_and_nothing_is_lost",),
    ),
    Break(
        "channels: one message that is never taken holds up all others",
        "callbacks/delivery/turns.py",
        "is not None and len(known) + len(batches) >= ALONE",
        "is not None",
        (f"{_MESSAGES}::test_a_message_that_is_never_taken_keeps_no_other_back",),
    ),
    Break(
        "channels: a message carries the member's id",
        "callbacks/delivery/forming.py",
        "encode_batch(callback.shown_id, pairs",
        "encode_batch(callback.public_id, pairs",
        (f"{_MESSAGES}::test_an_event_is_a_message_under_the_channels_id",),
    ),
    Break(
        "channels: a fleet that its client has lost is told of still",
        "callbacks/apps.py",
        "        m2m_changed.connect(fleets_changed, ApiClient.fleets.through)\n",
        "",
        (f"{_CHANNELS}::test_a_fleet_that_is_lost_is_told_of_nothing_more",),
    ),
    Break(
        "channels: a sixth one",
        "callbacks/channels/__init__.py",
        "if len(others) >= MOST:",
        "if len(others) > MOST:",
        (f"{_CHANNELS}::test_a_client_may_have_five_and_is_told_which",),
    ),
    Break(
        "channels: deleted under a pending remote action",
        "callbacks/channels/__init__.py",
        "if any(is_pending(each) for each in members):",
        "if all(is_pending(each) for each in members):",
        (f"{_CHANNELS}::test_a_pending_remote_under_one_member_keeps_it",),
    ),
    Break(
        "channels: v3 uses a member",
        "api/v3/lookup.py",
        "    AND callback.dialect = 'v3'\n",
        "",
        ("tests/api/test_channels_apart.py",),
    ),
    Break(
        "channels: people change what is the client's",
        "console/callbacks/pages.py",
        "    if callback.channel_id is not None:\n        raise Http404\n",
        "",
        ("tests/console/callbacks/test_channel_pages.py::test_what_is_not_offered_is_not_there",),
    ),
    Break(
        "channels: the way back leaves members to code that knows none",
        "callbacks/migrations/0005_channels.py",
        "migrations.RunPython.noop, end_members",
        "migrations.RunPython.noop, migrations.RunPython.noop",
        ("tests/callbacks/test_channel_migration.py",),
    ),
    Break(
        "messages: a message without VIN is no evidence",
        "remotes/sending/looking_up.py",
        'vin__in=(action.vehicle.vin, "")',
        "vin=action.vehicle.vin",
        (
            "tests/remotes/sending/test_looking_up.py"
            "::test_a_message_that_names_no_vehicle_may_be_of_this_one_but_says_nothing_of_it",
        ),
    ),
    Break(
        "messages: the Body attributes of an action are left out where it is notified",
        "remotes/intake/ingest.py",
        "CASE callback.dialect WHEN 'v1' THEN (",
        "CASE callback.dialect WHEN 'v0' THEN (",
        (f"{_INTAKE}::test_each_subscriber_gets_the_event_as_its_dialect_needs_it",),
    ),
    Break(
        "messages: the Body attributes of an action are left out where it is read or ended here",
        "remotes/life/fan_out.py",
        'action.callback.dialect != "v1"',
        'action.callback.dialect != "v0"',
        ("tests/remotes/life/test_body_attributes.py",),
    ),
)
