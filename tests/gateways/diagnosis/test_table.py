"""Each way that a connection can be wrong leads to its step, and to words that say what to do."""

from urllib.parse import urlsplit

import pytest

from gateways.diagnosis import NAMES, steps
from tests.gateways.diagnosis import wrong_answers, wrong_network, wrong_tls, wrong_tokens
from tests.gateways.diagnosis.cases import CLIENT_ID, PASSWORD

CASES = {**wrong_network.CASES, **wrong_tls.CASES, **wrong_answers.CASES, **wrong_tokens.CASES}


@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_told_at_its_step_and_in_words(name: str) -> None:
    case = CASES[name]
    with case.start() as account:
        found = list(steps(account, allow_http=case.allow_http, now=case.now))
        port = urlsplit(account.base_url).port
    told = [(step.name, step.ok, str(step.why)) for step in found]
    assert told[-1] == (case.step, False, case.words.replace("{port}", str(port))), told
    # What comes before was looked at, what comes after was not.
    assert [step for step, _, _ in told] == list(NAMES[: NAMES.index(case.step) + 1])
    assert all(ok is not False for _, ok, _ in told[:-1])
    words = " ".join(words for _, _, words in told)
    assert not [
        secret
        for secret in (PASSWORD, CLIENT_ID, "secret-of-the-proxy", "PRIVATE KEY", wrong_tokens.TOKEN)
        if secret in words
    ]


def test_none_is_told_in_another_ones_words() -> None:
    assert len(CASES) >= 75
    # The same thing in two versions of TLS, and an answer that is cut at its beginning or later.
    assert len({(case.step, case.words) for case in CASES.values()}) >= len(CASES) - 8
