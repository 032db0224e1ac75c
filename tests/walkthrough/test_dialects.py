"""What crosses between the dialects, and what of it is called a problem."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from fleetremote.walkthrough.apis import Api, ApiV1, DialectApi, Place
from fleetremote.walkthrough.dialects import Crossing, _Path, as_table, problems
from fleetremote.walkthrough.features import features
from fleetremote.walkthrough.samples import Sample, examples, samples
from fleetremote.walkthrough.subscriber import Subscriber
from protocol.canonical.moving import places
from protocol.v1.forms import FORMS as V1_FORMS
from protocol.v3.forms import FORMS as V3_FORMS

APIS: dict[str, DialectApi] = {"v3": Api(requests.Session(), ""), "v1": ApiV1(requests.Session(), {})}
NO_PLACE = [
    (name, item.place) for forms in (V1_FORMS, V3_FORMS) for name, form in forms.items() for item in form.no_place
]


@pytest.mark.parametrize(("name", "place"), NO_PLACE)
def test_there_is_a_payload_with_each_field_that_a_dialect_lacks(name: str, place: str) -> None:
    payloads = examples(datetime.now(UTC))[name]
    assert any(list(places(payload, place)) for payload in payloads)


@pytest.mark.parametrize(("api", "vehicle"), [("v3", "v1"), ("v1", "v3")])
def test_each_field_that_the_vehicles_dialect_lacks_is_sent_and_cant_travel(api: str, vehicle: str) -> None:
    sent = {sample.feature.name: sample for sample in samples(APIS[api], vehicle)}
    assert {feature.name for feature in features()} <= set(sent)
    forms = V1_FORMS if vehicle == "v1" else V3_FORMS
    lacking = {f"{name} ({item.place})" for name, form in forms.items() for item in form.no_place}
    assert lacking <= set(sent)
    assert all(sent[name].field for name in lacking)


@dataclass
class Canned:
    """An API that answers each POST with a code and a message, and each GET with an action."""

    status: int
    message: str = ""
    action: dict[str, Any] = field(default_factory=dict)
    dialect: str = "v3"

    def call(self, method: str, _path: str, _body: Any = None) -> requests.Response:
        answer = requests.Response()
        answer.status_code = self.status if method == "POST" else 200
        body = {"message": self.message, "remoteActionId": "a1"} if method == "POST" else self.action
        answer.json = lambda **_: body  # type: ignore[method-assign]
        return answer

    def body(self, _remote: Any) -> dict[str, Any]:
        return {}

    def remotes(self, _place: Place, _subscription: str) -> str:
        return "/remotes"

    def subscribe(self, _place: Place, _target: str) -> str:
        return "c1"

    def unsubscribe(self, _place: Place, _subscription: str) -> None:
        return None


class Told(Subscriber):
    def __init__(self, how: str) -> None:
        self.how = how

    def told(self, _action_id: str) -> str:
        return self.how


def fared(sample: Sample, api: Canned, told: str = "v3") -> Crossing:
    way = _Path(api, Place("f1", "v1", "v1"), "c1", Told(told), 1000.0)
    return way._with_news(sample, *way._send(sample))


HONK = Sample(next(feature for feature in features() if feature.name == "Horn"))
LONG_LIGHTS = Sample(HONK.feature, "lights.duration")
DONE = {"status": "Success"}


@pytest.mark.parametrize(
    ("sample", "api", "told", "problem"),
    [
        (HONK, Canned(202, action=DONE), "v3", ""),
        (HONK, Canned(202, action={"status": "AlreadyDone"}), "v3", ""),
        (HONK, Canned(202, action=DONE), "v1 at a webhook of v3", "its end came as v1 at a webhook of v3"),
        (HONK, Canned(202, action=DONE), "", "its end came as nothing"),
        (HONK, Canned(202, action={"status": "Failed"}), "v3", "did not succeed on a vehicle that is awake"),
        (HONK, Canned(400, "horn.state: no"), "", "was refused, though everything in it can travel"),
        (LONG_LIGHTS, Canned(400, "It does not take lights.duration."), "", ""),
        (LONG_LIGHTS, Canned(500, "Something went wrong."), "", "the words don't name duration"),
        (LONG_LIGHTS, Canned(202, action=DONE), "v3", "was sent, though lights.duration can't travel"),
    ],
)
def test_what_is_not_as_it_should_be_is_a_problem(sample: Sample, api: Canned, told: str, problem: str) -> None:
    crossing = fared(sample, api, told)
    assert crossing.problem == problem
    assert problems([crossing]) == ([crossing] if problem else [])
    assert ("PROBLEM" in as_table([crossing])) is bool(problem)


def test_a_subscriber_knows_by_path_and_form_in_which_dialect_it_was_told() -> None:
    subscriber = Subscriber("http://127.0.0.1:9")
    done = {"eventStatus": {"type": "Done", "status": "Success"}}
    for request in (
        {"path": "/walkthrough/v3?x=1", "callbackId": "c", "events": [{"remoteActionId": "a1", **done}]},
        {"path": "/walkthrough/v1", "channelId": "h", "messages": [{"remoteEvent": {"remoteActionId": "a2", **done}}]},
        {"path": "/walkthrough/v3", "channelId": "h", "messages": [{"remoteEvent": {"remoteActionId": "a3", **done}}]},
        {"path": "/hook", "callbackId": None, "events": [{"remoteActionId": "a4"}], "messages": [7]},
    ):
        subscriber._keep(request)
    assert subscriber._told == {"a1": "v3", "a2": "v1", "a3": "v1 at a webhook of v3"}
