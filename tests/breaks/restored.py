"""Breaks of what holds after a database has lost its last seconds."""

from tests.breaks.kept import Break

_HISTORY = "tests/fleets/storage/test_history.py"
_CONTINUITY = "tests/fleets/storage/test_continuity.py"
_UNSEEN = "tests/remotes/life/test_unseen.py"


def _break(name: str, file: str, old: str, new: str, tests: str, *names: str) -> Break:
    return Break(f"a loss: {name}", file, old, new, tuple(f"{tests}::{test}" for test in names) or (tests,))


BREAKS = (
    _break(
        "another timeline means nothing",
        "fleets/storage/history.py",
        "if place.timeline > noted.timeline and not keeps_commits:",
        "if place.timeline > noted.timeline and keeps_commits:",
        _HISTORY,
    ),
    _break(
        "another cluster means nothing",
        "fleets/storage/history.py",
        "if place.system != noted.system or place",
        "if place",
        _HISTORY,
    ),
    _break(
        "a shorter log means nothing",
        "fleets/storage/history.py",
        "mark.since > noted.since or mark.wal > place.wal",
        "mark.since > noted.since",
        _HISTORY,
    ),
    _break(
        "what was seen before it is noticed for ever",
        "fleets/storage/history.py",
        " or mark.since < noted.since:",
        ":",
        _HISTORY,
    ),
    _break(
        "a connection is used that could not be looked at",
        "fleets/storage/continuity.py",
        "        connection.close()\n        raise",
        "        raise",
        _CONTINUITY,
        "test_a_connection_over_which_nobody_has_looked_is_not_used",
    ),
    _break(
        "two find it at once",
        "fleets/storage/continuity.py",
        "            cursor.execute(_LOCK)",
        "            pass",
        _CONTINUITY,
        "test_who_finds_it_second_waits_and_tells_nothing",
    ),
    _break(
        "what is remembered is read after the database was looked at",
        "fleets/storage/continuity.py",
        "    return Place(system, timeline, wal), noted, marks, now",
        "    return Place(system, timeline, wal), noted, seen.marks(), now",
        _CONTINUITY,
        "test_what_another_one_commits_meanwhile_is_no_loss",
    ),
    _break(
        "Redis remembers nothing",
        "fleets/storage/seen.py",
        "    best_effort(lambda: client().zadd(",
        "    (lambda: client().zadd(",
        _CONTINUITY,
        "test_a_shorter_log_is_told_once_by_what_redis_remembers",
    ),
    _break(
        "what is remembered shrinks",
        "fleets/storage/seen.py",
        "gt=True",
        "gt=False",
        _CONTINUITY,
        "test_what_is_remembered_only_grows",
    ),
    _break(
        "a claim is remembered after its request",
        "remotes/sending/dispatch.py",
        "        seen.remember(claimed.seen)\n        announce([vehicle_id])\n        more = _send(claimed)\n",
        "        announce([vehicle_id])\n        more = _send(claimed)\n        seen.remember(claimed.seen)\n",
        _UNSEEN,
        "test_a_claim_is_remembered_outside_of_the_database",
    ),
    _break(
        "what waits for approval is forgotten",
        "remotes/life/unseen.py",
        "_CONCERNED = (*UNSENT_STATES, State.SENDING",
        "_CONCERNED = (State.QUEUED, State.SENDING",
        _UNSEEN,
        "test_each_that_may_have_been_sent_is_looked_for",
    ),
    _break(
        "what waited counts as surely not sent",
        "remotes/sending/reconcile.py",
        "    elif is_unseen(action):",
        "    elif False:",
        _UNSEEN,
        "test_where_the_callback_may_be_lost_too_nobody_can_tell",
    ),
    _break(
        "absence is counted from before it",
        "remotes/life/unseen.py",
        "    return max(sent_at, nothing_lost_since)",
        "    return sent_at",
        _UNSEEN,
        "test_when_it_may_have_been_sent_at_the_latest",
    ),
    _break(
        "what was never sent stays unsent for its type",
        "remotes/sending/looking_up.py",
        "    return is_unseen(action) or (action.type.resend",
        "    return (action.type.resend",
        _UNSEEN,
        "test_one_that_is_proved_absent_is_sent_once_whatever_its_type",
    ),
    _break(
        "what was being sent is sent again whatever its type",
        "remotes/life/unseen.py",
        "return action.why is not None and action.why.code == codes.UNSEEN",
        "return action.why is not None",
        _UNSEEN,
        "test_one_that_was_being_sent_goes_by_the_rules_of_its_type",
    ),
)
