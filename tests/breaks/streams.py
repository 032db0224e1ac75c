"""Breaks of the bounds of streams, and of their ending with the right to see."""

from tests.breaks.kept import Break

_SERVING = "tests/streams/test_serving.py"
_RIGHT = "tests/streams/test_right_to_see.py"

BREAKS = (
    Break(
        "streams: a person has as many as they like",
        "fleetremote/streams/hub.py",
        "        if self._people[person_id] >= settings.STREAMS_PER_PERSON:\n",
        "        if False:\n",
        (f"{_SERVING}::test_a_person_has_so_many_and_the_process_so_many_and_the_next_are_told_so",),
    ),
    Break(
        "streams: a place is not given back",
        "fleetremote/streams/hub.py",
        "        _take_one(self._people, sight.person_id)\n",
        "",
        (f"{_SERVING}::test_a_person_has_so_many_and_the_process_so_many_and_the_next_are_told_so",),
    ),
    Break(
        "streams: who takes nothing keeps its place",
        "fleetremote/streams/serving.py",
        "    async with asyncio.timeout(PATIENCE):\n        await send(message)\n",
        "    await send(message)\n",
        (f"{_SERVING}::test_who_takes_nothing_is_left",),
    ),
    Break(
        "streams: a log-out is not announced",
        "fleets/sight/announcing.py",
        "    if request.session.session_key:\n",
        "    if not request.session.session_key:\n",
        (f"{_RIGHT}::test_what_is_announced_ends_it_at_once",),
    ),
    Break(
        "streams: the end of a membership is not announced",
        "fleets/sight/announcing.py",
        "@receiver([post_save, post_delete], sender=Membership)\n",
        "@receiver([post_save], sender=Membership)\n",
        (f"{_RIGHT}::test_what_is_announced_ends_it_at_once",),
    ),
    Break(
        "streams: nobody looks by themselves",
        "fleetremote/streams/hub.py",
        "                group.create_task(self._keep_looking())\n",
        "",
        (f"{_RIGHT}::test_what_is_not_announced_ends_it_at_the_next_look",),
    ),
    Break(
        "streams: a session outlives its password",
        "fleets/sight/looking.py",
        "    return any(constant_time_compare(shown_hash, each) for each in known)\n",
        "    return bool(known)\n",
        (f"{_RIGHT}::test_what_is_announced_ends_it_at_once",),
    ),
    Break(
        "streams: who can't be looked after sees for ever",
        "fleetremote/streams/hub.py",
        "if began - reader.confirmed_at > LOOK_COUNTS - LOOK_EVERY:",
        "if began < reader.confirmed_at:",
        (f"{_RIGHT}::test_while_nobody_can_be_asked_a_look_counts_for_so_long",),
    ),
)
