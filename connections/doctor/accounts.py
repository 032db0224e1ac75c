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
from fleets.models import Gateway, UpstreamFleet
from fleets.reach import cannot_call_back
from fleets.storage import clock
from gateways import diagnosis

# So many fleets are named in a line.
_MOST = 5


def accounts() -> Iterator[Finding]:
    """Nothing is changed at the clouds: they are asked for their fleets."""
    for pk, name in list(Gateway.objects.values_list("pk", "name")):
        try:
            gateway = Gateway.objects.get(pk=pk)
        except ImproperlyConfigured as error:
            yield Finding(f"{name}/credentials", False, str(error))
            continue
        except Gateway.DoesNotExist:
            continue
        yield from _connection(gateway)
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


def _callbacks(gateway: Gateway) -> Finding:
    check = f"{gateway}/callback"
    rows = list(UpstreamFleet.objects.filter(gateway=gateway, gone_at__isnull=True).select_related("fleet"))
    if not rows:
        return Finding(check, None, "No fleet of this account is used here, so no callback is needed.")
    missing = [row for row in rows if not row.callback_id or row.callback_error]
    looked = [row.callback_checked_at for row in rows if row.callback_checked_at is not None]
    last = f"Looked at last on {max(looked):%Y-%m-%d %H:%M} UTC." if looked else "Not looked at yet."
    if not missing:
        return Finding(check, True, f"Our callback is registered for each of {len(rows)} fleets. {last}")
    named = "; ".join(f"{row.fleet}: {row.callback_error or 'not registered yet'}" for row in missing[:_MOST])
    words = f"Our callback is not registered for {len(missing)} of {len(rows)} fleets ({named}). {last}"
    if cannot_call_back(gateway):
        return Finding(check, None, f"{words} What becomes of commands is asked for meanwhile.")
    return Finding(check, False, f"{words} It is tried again by itself; see the page of the connection.")
