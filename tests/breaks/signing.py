"""Breaks of signing in with tokens, and of the one channel of an account."""

from tests.breaks.kept import Break

_TOKENS = "tests/gateways/v1/test_tokens.py"
_SIGNED = "tests/gateways/v1/test_signed.py"
_CLIENT = "tests/gateways/v1/test_client.py"
_CHANNELS = "tests/gateways/v1/test_channels.py"

BREAKS = (
    Break(
        "a refused token is not renewed",
        "gateways/v1/signed.py",
        "        if answer.status == 401:\n",
        "        if False:\n",
        (f"{_SIGNED}::test_a_token_that_is_refused_is_renewed_once_and_the_request_goes_once_more",),
    ),
    Break(
        "whatever fails is sent once more",
        "gateways/v1/signed.py",
        "        if answer.status == 401:\n",
        "        if answer.status >= 400:\n",
        (f"{_SIGNED}::test_nothing_else_is_sent_twice",),
    ),
    Break(
        "a token is asked for without leave for what needs it",
        "gateways/v1/signed.py",
        "        self._ask_leave()\n        token = self._token(None)\n",
        "        token = self._token(None)\n        self._ask_leave()\n",
        (f"{_SIGNED}::test_without_leave_nothing_is_asked_not_even_a_token",),
    ),
    Break(
        "a request for a token counts",
        "gateways/v1/signed.py",
        "counts=False, tells=False)",
        "counts=True, tells=False)",
        (f"{_SIGNED}::test_a_token_is_asked_for_once_and_goes_with_each_request",),
    ),
    Break(
        "what is begun too late is sent",
        "gateways/v1/signed.py",
        "LEAST_SHARE = 0.25",
        "LEAST_SHARE = 0.0",
        (f"{_SIGNED}::test_the_time_of_a_request_is_that_of_its_token_too",),
    ),
    Break(
        "a token that is echoed is kept",
        "gateways/v1/signed.py",
        "        secrets = (token.value, *self._secrets)\n",
        "        secrets = tuple(self._secrets)\n",
        (f"{_SIGNED}::test_no_secret_is_told_to_anybody",),
    ),
    Break(
        "any 501 is a refusal",
        "gateways/answers/outcome.py",
        "    if answer.status != 501:\n        return False\n",
        "    return answer.status == 501\n",
        (f"{_CLIENT}::test_any_other_501_says_nothing_of_what_became_of_it",),
    ),
    Break(
        "each who waits for a token asks in turn",
        "gateways/tokens.py",
        "            if self._failure is not None and self._failures > failures:\n",
        "            if False:\n",
        (f"{_TOKENS}::test_who_has_waited_for_one_that_failed_does_not_ask_in_turn",),
    ),
    Break(
        "a token's life is believed",
        "gateways/tokens.py",
        "    return min(life, LONGEST_LIFE) if life > 0 else ASSUMED_LIFE\n",
        "    return life if life > 0 else ASSUMED_LIFE\n",
        (f"{_TOKENS}::test_a_token_lives_from_when_it_was_asked_for_however_its_life_is_told",),
    ),
    Break(
        "a refusal of a token is the API's verdict",
        "gateways/tokens.py",
        "    return Source.GATEWAY if answer.is_refusal and who is Source.API else who\n",
        "    return who\n",
        (f"{_TOKENS}::test_whoever_refuses_a_token_it_is_never_the_apis_verdict",),
    ),
    Break(
        "a second channel is registered",
        "gateways/v1/client.py",
        "        if mine is not None:\n",
        "        if False:\n",
        (f"{_CHANNELS}::test_a_channel_of_ours_that_is_there_is_taken_over",),
    ),
    Break(
        "a channel of others is taken over",
        "gateways/v1/channels.py",
        " if target and _open_part(found.target) == target), None)\n",
        " if _open_part(_open_part(found.target)) == _open_part(target)), None)\n",
        (f"{_CHANNELS}::test_those_of_others_are_left_alone",),
    ),
)
