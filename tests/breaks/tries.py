"""Breaks of what is promised about wrong secrets, about whose request it is, and about JSON (docs/bounds.md)."""

from tests.breaks.kept import Break

_SLOWING = "tests/front/tries/test_slowing.py"
_STRANGERS = "tests/front/tries/test_strangers.py"
_GUARD = "tests/console/entrance/test_guard.py"
_ADDRESSES = "tests/front/test_addresses.py"

BREAKS = (
    Break(
        "who tries a name from elsewhere keeps out its owner",
        "console/entrance/guard.py",
        "    if browser := browsers.known(request, name):",
        '    if browser := browsers.known(request, name) and "":',
        (f"{_GUARD}::test_who_tries_from_everywhere_does_not_keep_out_the_browser_nor_the_address_of_the_owner",),
    ),
    Break(
        "what is refused of one address uses up the tries of others",
        "console/entrance/guard.py",
        "        self._refuse_over(of_pair)\n",
        "",
        (f"{_GUARD}::test_too_many_for_a_name_from_an_address_are_not_looked_at_and_told_what_to_do",),
    ),
    Break(
        "a wrong secret is answered as fast as a right one",
        "fleetremote/front/tries/slowing.py",
        "        if seconds:\n            await self._wait",
        "        if False:\n            await self._wait",
        (f"{_SLOWING}::test_the_first_ones_cost_nothing_and_then_each_more_than_the_one_before",),
    ),
    Break(
        "right ones wait for wrong ones of the same address",
        "fleetremote/front/tries/strangers.py",
        "turn = self._waiting.pop()",
        "turn = self._waiting.pop(0)",
        (f"{_STRANGERS}::test_a_right_one_that_nobody_knows_yet_does_not_wait_for_the_crowd_before_it",),
    ),
    Break(
        "whoever asks says whose request it is",
        "fleetremote/front/addresses.py",
        "reversed(named[-_HOPS:])",
        "named[-_HOPS:]",
        (_ADDRESSES,),
    ),
    Break(
        "each wrong webhook secret costs a statement",
        "remotes/intake/look_ups.py",
        "MAX_TOGETHER = 500\n",
        "MAX_TOGETHER = 50\n",
        ("tests/remotes/intake/test_look_ups.py::test_a_thousand_wrong_ones_cost_a_handful_of_statements",),
    ),
    Break(
        "3 million parts of a notification are read",
        "remotes/intake/webhook.py",
        "    check_parts(body, MAX_PARTS, deepest=MAX_PARTS)\n",
        "",
        ("tests/remotes/intake/test_webhook.py::test_more_than_anybody_means_to_send_is_refused_and_people_see_it",),
    ),
    Break(
        "a field that stands twice is taken once",
        "api/rest/parsers.py",
        ", object_pairs_hook=_each_once",
        "",
        ("tests/api/test_bodies.py",),
    ),
)
