"""Goes through all checks; one that fails itself is a finding, and none keeps the others from being made."""

import logging
from collections.abc import Callable, Iterator

from django.db import DatabaseError, InterfaceError

from connections.doctor import accounts, configured, host, processes, site, stores
from connections.doctor.finding import Finding

logger = logging.getLogger(__name__)

Check = Callable[[], Iterator[Finding]]

# Those that need no rows, and those that do.
ALONE: tuple[Check, ...] = (configured.secret_key, configured.field_keys, host.disk, stores.messages)
IN_ROWS: tuple[Check, ...] = (
    host.host_clock,
    processes.living,
    configured.stored_secrets,
    site.reached_from_clouds,
    site.site_certificate,
    accounts.accounts,
    accounts.unfinished,
    accounts.ends,
)
OUTSIDE: tuple[Check, ...] = (site.public_url, configured.mail_server)


def examine() -> Iterator[Finding]:
    """Each finding as soon as it is there. Every check is over in time."""
    for check in ALONE:
        yield from _looked(check)
    has_rows = True
    for finding in _looked(stores.database):
        has_rows = has_rows and finding.ok is not False
        yield finding
    for check in (*OUTSIDE, *(IN_ROWS if has_rows else ())):
        yield from _looked(check)
    if not has_rows:
        words = "Workers, accounts and what ends were not looked at: the database is needed for that."
        yield Finding("not-looked-at", None, words)


def _looked(check: Check) -> Iterator[Finding]:
    name = check.__name__.replace("_", "-")
    try:
        yield from check()
    except (DatabaseError, InterfaceError) as error:
        yield Finding(name, False, f"The database failed meanwhile: {error}. Run doctor again.")
    except Exception as error:
        logger.exception("The check %s stumbled", name)
        yield Finding(name, False, f"FleetRemote itself failed here ({type(error).__name__}). Its log says more.")
