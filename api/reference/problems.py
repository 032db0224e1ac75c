"""Every error that an API answers, with an example in its published shape and what a client does about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from api.oauth.errors import ERRORS as OAUTH
from api.reference.samples import CALLBACK_ID, FLEET_ID, TIME, VIN
from api.rest.errors import ErrorShape, Meaning
from api.v1.errors import ERRORS as V1
from api.v3.errors import ERRORS as V3

SHAPES: Mapping[str, ErrorShape] = {"v3": V3, "v1": V1, "oauth": OAUTH}

# What is different in each answer stands still in an example.
_FIXED = {
    "uuid": "0a9de72c-5f0e-4b7c-9a1d-4e6f8a0b1c2d",
    "timestamp": TIME,
    "debug": "ERROR_0a9de72c5f0e4b7c9a1d4e6f8a0b1c2d",
}


@dataclass(frozen=True)
class Problem:
    """`when` it is answered and what `to_do`, in words. `messages`: an example of its words by API: v3, v1, oauth.

    `error`: OAuth's own word for it, where its shape has several for a status.
    """

    name: str
    status: int
    when: str
    to_do: str
    messages: Mapping[str, str]
    meaning: Meaning = Meaning.GENERAL
    error: str = ""
    headers: Mapping[str, str] | None = None

    @property
    def title(self) -> str:
        words = self.name.replace("-", " ")
        return words[:1].upper() + words[1:]

    def status_in(self, api: str) -> int:
        return SHAPES[api].status(self.status, self.meaning)

    def body(self, api: str) -> dict[str, Any]:
        """An example of the answer's JSON."""
        body = SHAPES[api].body(self.status_in(api), self.messages[api], self.meaning)
        if api == "oauth" and self.error:
            body["error"] = self.error
        return {name: _FIXED.get(name, value) for name, value in body.items()}

    def code(self, api: str) -> str:
        """What a program tells it by beside the status."""
        body = self.body(api)
        return str(body[{"v3": "code", "v1": "name", "oauth": "error"}[api]])


def _all(message: str) -> dict[str, str]:
    return dict.fromkeys(SHAPES, message)


def _both(message: str) -> dict[str, str]:
    return {"v3": message, "v1": message}


_MEND = "Change the request: the same one fails again."
_AGAIN = "Send the same request again, with the same Idempotency-Key."

PROBLEMS: tuple[Problem, ...] = (
    Problem(
        "invalid-body",
        400,
        "The body breaks a rule. The message names the field by its path, and what is allowed.",
        _MEND,
        {
            "v3": "door.state: 'Open' is not allowed; use one of Unlocked, Locked",
            "v1": "action.locking.state: 'Open' is not allowed; use one of Unlocked, Locked",
        },
        Meaning.INVALID_BODY,
    ),
    Problem(
        "no-reason",
        400,
        "The action needs a second person, and they would not know why it is asked for.",
        "Say why in the X-Reason header.",
        _both("X-Reason: is required for this: say why in this header, as a second person must approve it"),
        Meaning.INVALID_BODY,
    ),
    Problem(
        "type-not-of-callback",
        400,
        "The callback was registered for other remote types.",
        "Use another callback, or change its remoteTypes with PUT.",
        {"v3": "This callback takes no Lights; its remoteTypes are Doors, Horn."},
        Meaning.NOT_ALLOWED_FOR_CALLBACK,
    ),
    Problem(
        "not-possible",
        400,
        "The vehicle can't do this, or not with this value, or is gone.",
        "Read what the vehicle can do, and offer only that. Don't repeat it.",
        _both(f"{VIN} is gone: the manufacturer's cloud no longer lists it in this fleet."),
        Meaning.NOT_POSSIBLE,
    ),
    Problem(
        "lacks-feature",
        400,
        "The vehicle, or the manufacturer's cloud for this account, does not have this feature at all.",
        "Don't offer it for this vehicle.",
        _both(f"{VIN} can't do this: Charging is not supported by the vehicle."),
        Meaning.LACKS_FEATURE,
    ),
    Problem(
        "bad-request",
        400,
        "A query parameter or a header is wrong, the body is no JSON, a callback with pending actions can't be deleted,"
        " or there is no room for one more callback or channel.",
        _MEND,
        {
            "v3": "pageSize: must be a whole number from 1 to 60.",
            "v1": "pageSize: must be a whole number from 1 to 500.",
            "oauth": "The body must be application/x-www-form-urlencoded.",
        },
    ),
    Problem(
        "no-grant",
        400,
        "grant_type is not client_credentials.",
        "Ask with grant_type=client_credentials.",
        {"oauth": "The only grant_type here is client_credentials."},
        error="unsupported_grant_type",
    ),
    Problem(
        "invalid-scope",
        400,
        "The client may not have one of the scopes. The description names those that it may ask for.",
        "Ask for fewer, or leave scope out.",
        {"oauth": "Not for this client: nothing. It may ask for: data:vehicle remote remote:locking"},
        error="invalid_scope",
    ),
    Problem(
        "no-credentials",
        401,
        "No credentials, wrong ones, or a token that has ended.",
        "v1: ask for a new token once, then send the request again. Else stop: each wrong try brings a 429 nearer.",
        _both("Authentication credentials were not provided."),
    ),
    Problem(
        "invalid-client",
        401,
        "client_id or client_secret is wrong, or the client is ended.",
        "Stop, and have a manager look at the client's page.",
        {"oauth": "Wrong client_id or client_secret, or the client is not active."},
        error="invalid_client",
    ),
    Problem(
        "type-not-of-client",
        403,
        "The client may not send this remote type.",
        "A manager can allow it on the client's page.",
        {"v3": "This client may not send Doors.", "v1": "This client may not send Locking."},
    ),
    Problem(
        "no-scope",
        403,
        "The token lacks the scope that is named.",
        "Ask for a token with this scope.",
        {"v1": "The token lacks the scope remote:locking:write."},
    ),
    Problem(
        "not-found",
        404,
        "There is no such thing for this client. What other clients have is not found either.",
        "Read the list again. Don't repeat it.",
        {
            "v3": f"There is no fleet {FLEET_ID} for this client.",
            "v1": f"There is no channel {CALLBACK_ID} for this client.",
        },
    ),
    Problem(
        "no-data",
        404,
        "Nothing has been read of this vehicle yet.",
        "Ask again later; a wake-up makes it sooner.",
        {"v1": "No telemetry of this vehicle has been read yet. It is as soon as its turn comes."},
        Meaning.NO_DATA,
    ),
    Problem(
        "method",
        405,
        "This address does not know this method.",
        _MEND,
        {**_both('Method "PATCH" not allowed.'), "oauth": "A token is asked for by POST."},
    ),
    Problem(
        "accept",
        406,
        "The Accept header names nothing that is sent here.",
        "Accept application/hal+json, application/json or */*.",
        _both("Could not satisfy the request Accept header."),
    ),
    Problem(
        "too-slow",
        408,
        "The body did not come in time.",
        _AGAIN,
        _all("The body of this request came in too slowly, or not at all. Send it again."),
    ),
    Problem(
        "key-used",
        409,
        "The Idempotency-Key was used for another request.",
        "Take a new key for a new request.",
        _both("Idempotency-Key: was used for another request; take a new key for a new request."),
    ),
    Problem(
        "too-late",
        409,
        "The action can't be cancelled any more: it was sent, or has ended.",
        "Read the action: its state says what became of it.",
        _both("It can't be cancelled any more. It has ended already."),
    ),
    Problem(
        "too-large",
        413,
        "The body is larger than 1 MB.",
        "Send less at a time.",
        _all("At most 976.6\xa0KB are taken here. Send less at a time."),
    ),
    Problem(
        "content-type",
        415,
        "The body is not application/json.",
        "Send Content-Type: application/json.",
        _both('Unsupported media type "text/plain" in request.'),
    ),
    Problem(
        "too-many",
        429,
        "Too many requests, or too many wrong credentials from one address.",
        "Wait as many seconds as Retry-After says. Then send the same request again, with the same Idempotency-Key.",
        _all("Too many requests: try again in 1 s."),
        headers={"Retry-After": "1"},
    ),
    Problem(
        "server-error",
        500,
        "Something went wrong in FleetRemote.",
        f"{_AGAIN} Wait longer each time.",
        _all("Something went wrong here; try again."),
    ),
    Problem(
        "channel-kind",
        501,
        "Channels by WebSocket or push notification, and of monitors, are not offered.",
        "Register a webhook.",
        {"v1": "channel.websocket: WebSocket channels are not offered; register a webhook"},
        Meaning.UNKNOWN_CHANNEL_KIND,
    ),
    Problem(
        "away",
        503,
        "FleetRemote's database does not answer, or there is no room for the body at the moment. What was being"
        " written may be there.",
        "Wait as many seconds as Retry-After says. Then send the same request again, with the same Idempotency-Key.",
        _all("FleetRemote's database does not answer; try again in a moment."),
        headers={"Retry-After": "5"},
    ),
)


def problems_of(api: str) -> list[Problem]:
    """Those that the API answers, by status."""
    return sorted((each for each in PROBLEMS if api in each.messages), key=lambda each: each.status_in(api))
