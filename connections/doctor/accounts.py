"""Each account at a manufacturer's cloud: the test of its connection, its callbacks there, and what ends."""

from collections.abc import Iterator

from django.core.exceptions import ImproperlyConfigured

from connections.calendar.ends import Entry, What
from connections.calendar.reading import calendar
from connections.calendar.words import words_of
from connections.doctor.finding import Finding
from connections.draft import may_use_http
from connections.models import Connection
from fleets.clients import account_of
from fleets.models import Gateway
from fleets.reach import cannot_call_back
from fleets.storage import clock
from fleets.tokens.state import token_state
from gateways import diagnosis
from remotes.registration.facts import Registration, registrations

# So many fleets are named in a line.
_MOST = 5


def accounts() -> Iterator[Finding]:
    """Nothing is changed at the clouds: they are asked for their fleets."""
    for pk, name in list(Gateway.objects.values_list("pk", "name")):
        try:
            gateway = Gateway.objects.get(pk=pk)
        except (ImproperlyConfigured, ValueError):
            words = "Its credentials can't be read with FIELD_KEYS, so it can't be tested: see stored-secrets."
            yield Finding(f"{name}/credentials", False, words)
            continue
        except Gateway.DoesNotExist:
            continue
        yield from _connection(gateway)
        yield from _token(gateway)
        yield _callbacks(gateway)


def unfinished() -> Iterator[Finding]:
    """What was entered but is no account yet."""
    for connection in Connection.objects.filter(gateway=None).only("name"):
        words = "It was entered but is not connected yet. Go on under Connections, or with script/manage connect."
        yield Finding(f"{connection}/connection", None, words)


def ends() -> Iterator[Finding]:
    for entry in calendar():
        yield Finding(f"ends/{entry.key}", *judge_end(entry, entry.step(clock.now())))


def judge_end(entry: Entry, step: int | None) -> tuple[bool | None, str]:
    """`step` as calendar/ends.py has it."""
    words = words_of(entry, step)
    if entry.is_remark:
        return None, words
    if entry.what is What.REFUSED or step == 0:
        return False, words
    return (None if step is not None or entry.ends_at is None else True), words


def _connection(gateway: Gateway) -> Iterator[Finding]:
    allow_http = may_use_http(Connection(gateway=gateway, base_url=gateway.base_url))
    for step in diagnosis.steps(account_of(gateway), allow_http=allow_http, now=clock.now()):
        yield Finding(f"{gateway}/{step.name}", step.ok, str(step.why))


def _token(gateway: Gateway) -> Iterator[Finding]:
    """The one that the workers use: the test of the connection has asked for its own."""
    state = token_state(gateway)
    if state is not None:
        yield Finding(f"{gateway}/access-token", state.ok, str(state.why))


def _callbacks(gateway: Gateway) -> Finding:
    check, rows = f"{gateway}/callback", registrations(gateway.pk)
    if not rows:
        return Finding(check, None, "No fleet of this account is used here, so no callback is needed.")
    looked = [row.checked_at for row in rows if row.checked_at is not None]
    last = f"Looked at last on {max(looked):%Y-%m-%d %H:%M} UTC." if looked else "Not looked at yet."
    missing = [row for row in rows if row.is_failing or not row.is_registered]
    if not missing:
        return Finding(check, True, f"Our callback is registered for each of {len(rows)} fleets. {last}")
    if not looked:
        # A server that has just begun, or one whose worker does not run, which is said of the worker.
        return Finding(check, None, f"Our callback is still to be registered, which happens by itself. {last}")
    named = "; ".join(f"{row.upstream.fleet}: {_why_not(row)}" for row in missing[:_MOST])
    words = f"Our callback is not registered for {len(missing)} of {len(rows)} fleets ({named}). {last}"
    if cannot_call_back(gateway):
        return Finding(check, None, f"{words} What becomes of commands is asked for instead.")
    return Finding(check, False, f"{words} It is tried again by itself; see the page of the connection.")


def _why_not(row: Registration) -> str:
    return str(row.failed.why or "refused") if row.is_failing and row.failed is not None else "not registered yet"
