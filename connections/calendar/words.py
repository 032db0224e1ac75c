"""What is said of an entry of the calendar, in English: in alerts, and by the command `doctor`."""

from connections.calendar.ends import Entry, What


def words_of(entry: Entry, step: int | None) -> str:
    """What ends and when; from a step (calendar/ends.py) on what is to be done, too."""
    if entry.ends_at is None:
        return f"{capital(what_of(entry))}: {entry.why or 'refused.'}"
    when = "ended" if step == 0 else "ends"
    left = {None: "", 0: "", 1: " Less than a day is left."}.get(step, f" No more than {step} days are left.")
    day = f"{entry.ends_at:%Y-%m-%d %H:%M} UTC"
    advice = "" if step is None else f" {_advice(entry, step == 0)}"
    return f"{capital(what_of(entry))} {when} on {day}.{left}{advice}".rstrip()


def what_of(entry: Entry) -> str:
    subject = f" ({entry.subject})" if entry.subject else ""
    return {
        What.CLIENT_CERTIFICATE: f"the client certificate{subject} of the account {entry.name}",
        What.CA_BUNDLE: f"the CA certificate{subject} that we trust for the account {entry.name}",
        What.SITE: f"our own TLS certificate{subject} at {entry.name}",
        What.API_SECRET: f"the password of the API client {entry.name}",
        What.REFUSED: f"the credentials of the account {entry.name} are not taken",
        What.FORMER: f"the former client certificate{subject} of the account {entry.name}",
        What.DRAFT: f"the client certificate{subject} that was entered for {entry.name} but is not in use",
    }[entry.what]


def capital(text: str) -> str:
    return text[0].upper() + text[1:]


def _advice(entry: Entry, is_over: bool) -> str:
    new = "Ask the manufacturer for the next one, and enter it on the page of the connection."
    return {
        What.CLIENT_CERTIFICATE: f"{'Nothing is sent until it is renewed. ' if is_over else ''}{new}",
        What.CA_BUNDLE: f"Once the cloud's certificate needs it, nothing is sent. {new}",
        What.SITE: "Without a valid one, neither people nor the manufacturer's cloud reach FleetRemote. Renew it.",
        What.API_SECRET: (
            f"Its requests are {'' if is_over else 'then '}refused. "
            "Whoever manages FleetRemote makes a new one under API clients."
        ),
    }.get(entry.what, "")
