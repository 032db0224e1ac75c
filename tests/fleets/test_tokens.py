"""One worker asks for a gateway's access token, and all use it; what goes wrong is kept with its words."""

import threading
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.utils import timezone

from fleets.clients import account_of
from fleets.models import AccessToken, Gateway
from fleets.tokens import codes
from fleets.tokens.state import granted, token_state
from fleets.tokens.store import GatewayTokens
from gateways.codes import SAYS, TOKEN_FAILED
from gateways.interface import GatewayError, NotAccepted, Refused, Source
from gateways.tokens import Token
from protocol.why import Why
from tests.workers import Worker

pytestmark = pytest.mark.django_db(transaction=True)


class Endpoint:
    """Gives one token after the other, each good for `life` seconds, or fails in a way."""

    def __init__(self, life: float = 3600) -> None:
        self.life, self.asked = life, 0
        self.failure: GatewayError | None = None
        self.clock = datetime(2001, 1, 1, tzinfo=timezone.get_default_timezone())
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.was_asked = threading.Event()

    def __call__(self) -> Token:
        assert not connection.in_atomic_block
        self.asked += 1
        self.was_asked.set()
        assert self.may_answer.wait(20)
        if self.failure is not None:
            raise self.failure
        # By a clock of its own: only the difference counts.
        ends = self.clock + timedelta(seconds=self.life)
        return Token(f"token-{self.asked}", frozenset({"remote", "channel"}), self.clock, ends)


@pytest.fixture
def endpoint() -> Endpoint:
    return Endpoint()


@pytest.fixture
def gateway() -> Gateway:
    return Gateway.objects.create(
        name="V1", dialect="v1", base_url="https://v1.example.com/api", token_url="https://v1.example.com/token"
    )


def store(gateway: Gateway) -> GatewayTokens:
    """As a worker has it that has not asked yet."""
    return GatewayTokens(gateway.pk, account_of(gateway))


def moved(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    """So much later, for who looks at the row anew."""
    ahead, now = timedelta(seconds=seconds), timezone.now
    monkeypatch.setattr(timezone, "now", lambda: now() + ahead)


def refused(words: str) -> Refused:
    return Refused(401, words, Source.CREDENTIALS)


def test_one_asks_and_all_use_it(gateway: Gateway, endpoint: Endpoint) -> None:
    endpoint.may_answer.clear()
    first = Worker(lambda: store(gateway).token(endpoint))
    assert endpoint.was_asked.wait(10)
    others = [Worker(lambda: store(gateway).token(endpoint)) for _ in range(3)]
    # Whoever waits holds nothing: the row can be changed.
    Gateway.objects.filter(pk=gateway.pk).update(name="Renamed")
    endpoint.may_answer.set()
    assert {worker.result().value for worker in (first, *others)} == {"token-1"}
    assert endpoint.asked == 1
    row = AccessToken.objects.get()
    assert (row.scopes, row.lease_until, row.failure) == (["channel", "remote"], None, None)
    assert row.expires_at is not None
    assert abs((row.expires_at - timezone.now()).total_seconds() - 3600) < 20
    assert "token-1" not in raw_value()


def raw_value() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM fleets_accesstoken")
        return str(cursor.fetchone()[0])


def test_a_token_of_one_second_is_asked_for_anew(gateway: Gateway, endpoint: Endpoint) -> None:
    endpoint.life = 1
    worker = store(gateway)
    assert worker.token(endpoint).value == "token-1"
    assert worker.token(endpoint).value == "token-1"
    AccessToken.objects.update(expires_at=timezone.now())
    worker = store(gateway)
    assert worker.token(endpoint).value == "token-2"
    # One that is over when it comes serves whoever has asked.
    endpoint.life = 0
    AccessToken.objects.update(expires_at=timezone.now())
    assert [store(gateway).token(endpoint).value for _ in range(2)] == ["token-3", "token-4"]


def test_the_present_one_is_used_while_somebody_renews_it(
    gateway: Gateway, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(gateway).token(endpoint)
    moved(monkeypatch, 3600 - 50)
    endpoint.may_answer.clear()
    endpoint.was_asked.clear()
    renewing = Worker(lambda: store(gateway).token(endpoint))
    assert endpoint.was_asked.wait(10)
    assert store(gateway).token(endpoint).value == "token-1"
    endpoint.may_answer.set()
    assert renewing.result().value == "token-2"
    assert store(gateway).token(endpoint).value == "token-2"
    assert endpoint.asked == 2


def test_a_failure_harms_nobody_while_the_present_one_is_good(
    gateway: Gateway, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    store(gateway).token(endpoint)
    moved(monkeypatch, 3600 - 50)
    endpoint.failure = NotAccepted(Why(SAYS, words="Closed on Sundays."))
    assert [store(gateway).token(endpoint).value for _ in range(3)] == ["token-1"] * 3
    assert endpoint.asked == 2
    state = token_state(gateway)
    assert state is not None
    assert (state.ok, state.why.code) == (None, codes.GOOD_FOR_NOW)
    assert "Closed on Sundays." in str(state.why)


def test_a_refusing_endpoint_is_asked_ever_more_seldom_and_its_words_are_told(
    gateway: Gateway, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint.failure = refused("invalid_client: Unknown client.")
    with pytest.raises(Refused, match="Unknown client"):
        store(gateway).token(endpoint)
    for _ in range(5):
        with pytest.raises(NotAccepted, match="Unknown client") as told:
            store(gateway).token(endpoint)
        assert 0 < (told.value.retry_after or 0) <= 1
    assert endpoint.asked == 1
    now = real = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    asked_at = []
    for second in range(200):
        now = real + timedelta(seconds=second)
        asked = endpoint.asked
        with pytest.raises(GatewayError, match="Unknown client"):
            store(gateway).token(endpoint)
        if endpoint.asked > asked:
            asked_at.append(second)
    pauses = [after - before for before, after in pairwise(asked_at)]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 15
    state = token_state(gateway)
    assert state is not None
    assert state.ok is False
    assert f"no access token since {real:%Y-%m-%d %H:%M}" in str(state.why)
    assert "Unknown client" in str(state.why)

    # With other credentials it is asked at once.
    Gateway.objects.update(client_secret="another")
    endpoint.failure = None
    gateway.refresh_from_db()
    assert store(gateway).token(endpoint).value == f"token-{endpoint.asked}"
    state = token_state(gateway)
    assert state is not None
    assert (state.ok, state.granted) == (True, ("channel", "remote"))
    assert AccessToken.objects.get().failures == 0


def test_who_waits_for_a_slow_endpoint_gives_up_in_time(gateway: Gateway, endpoint: Endpoint) -> None:
    endpoint.may_answer.clear()
    first = Worker(lambda: store(gateway).token(endpoint))
    assert endpoint.was_asked.wait(10)
    impatient = GatewayTokens(gateway.pk, replace(account_of(gateway), total_timeout=1.0))
    with pytest.raises(NotAccepted) as told:
        impatient.token(endpoint)
    assert told.value.why == Why(TOKEN_FAILED, why=Why(codes.AWAITED))
    assert told.value.retry_after == 1.0
    endpoint.may_answer.set()
    assert first.result().value == "token-1"
    assert endpoint.asked == 1


def test_a_refused_token_is_renewed_once_for_all(gateway: Gateway, endpoint: Endpoint) -> None:
    workers = [store(gateway) for _ in range(4)]
    (old,) = {worker.token(endpoint) for worker in workers}
    renewed = [Worker(lambda worker=worker: worker.token(endpoint, old)) for worker in workers]  # type: ignore[misc]
    assert {worker.result().value for worker in renewed} == {"token-2"}
    assert endpoint.asked == 2
    # When there is no other one, the refused one is not used any more.
    endpoint.failure = refused("Locked out.")
    with pytest.raises(Refused):
        workers[0].token(endpoint, renewed[0].result())
    with pytest.raises(NotAccepted, match="Locked out"):
        store(gateway).token(endpoint)


def test_the_lease_of_a_worker_that_is_gone_ends(
    gateway: Gateway, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    def hangs() -> Token:
        moved(monkeypatch, 60)
        assert store(gateway).token(endpoint).value == "token-1"
        return Token("late", frozenset(), endpoint.clock, endpoint.clock + timedelta(hours=9))

    # It comes too late to put its own over what another one has got meanwhile.
    assert store(gateway).token(hangs).value == "late"
    assert store(gateway).token(endpoint).value == "token-1"


def test_who_was_kept_from_asking_keeps_nobody(gateway: Gateway, endpoint: Endpoint) -> None:
    def stopped() -> Token:
        raise SystemExit

    with pytest.raises(SystemExit):
        store(gateway).token(stopped)
    assert store(gateway).token(endpoint).value == "token-1"
    assert AccessToken.objects.get().failures == 0


def test_a_database_that_was_away_costs_one_request_more(gateway: Gateway, endpoint: Endpoint) -> None:
    worker = store(gateway)

    def cut() -> Token:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            pid = cursor.fetchone()[0]
        Worker(lambda: kill(pid)).result()
        return endpoint()

    assert worker.token(cut).value == "token-1"
    connection.close()
    # What could not be kept is asked for once the lease is over.
    AccessToken.objects.update(lease_until=timezone.now())
    assert store(gateway).token(endpoint).value == "token-2"
    connection.close()
    assert store(gateway).token(endpoint).value == "token-2"


def kill(pid: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [pid])


def test_what_a_transaction_asks_for_stays_whatever_becomes_of_it(gateway: Gateway, endpoint: Endpoint) -> None:
    """As a check of our callback does it, which holds its row meanwhile."""

    def fetch() -> Token:
        return Token("kept", frozenset(), endpoint.clock, endpoint.clock + timedelta(hours=1))

    with transaction.atomic():
        assert store(gateway).token(fetch).value == "kept"
        transaction.set_rollback(True)
    assert store(gateway).token(endpoint).value == "kept"
    # A gateway that nobody else sees yet: it is asked for, and not kept.
    with transaction.atomic():
        new = Gateway.objects.create(name="New", dialect="v1", base_url="https://v1.example.com/api")
        worker = store(new)
        assert [worker.token(fetch).value for _ in range(2)] == ["kept", "kept"]
    assert not AccessToken.objects.filter(pk=new.pk).exists()


def test_no_token_no_knowledge(gateway: Gateway, endpoint: Endpoint) -> None:
    assert granted(gateway) is None
    state = token_state(gateway)
    assert state is not None
    assert state.why.code == codes.NOT_ASKED
    store(gateway).token(endpoint)
    assert granted(gateway) == ("channel", "remote")
    assert token_state(Gateway.objects.create(name="V3", base_url="https://v3.example.com")) is None


def test_an_endpoint_that_asks_for_a_long_pause_ends_no_action(gateway: Gateway, endpoint: Endpoint) -> None:
    """An action that can't be sent before its time is over ends at once, but here the next may get a token soon."""
    endpoint.failure = NotAccepted(Why(TOKEN_FAILED, why=Why(SAYS, words="slow down")), 900.0)
    with pytest.raises(NotAccepted, match="slow down") as caught:
        store(gateway).token(endpoint)
    assert caught.value.retry_after == 15
