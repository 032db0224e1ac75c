"""Lists hold only what is the caller's, and wrong credentials are told so. Who may ask what: tests/rights/."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from fleets.models import Membership

from .conftest import World


@pytest.fixture
def person(ours: World) -> Client:
    user = User.objects.create_user("ada", password="a-long-password")
    Membership.objects.create(user=user, fleet=ours.fleet, role="manager")
    client = Client()
    client.force_login(user)
    return client


def test_lists_hold_only_what_is_ours(ours: World, theirs: World, person: Client) -> None:
    fleets = ours.caller.get("/fleets").json()
    assert [fleet["id"] for fleet in fleets["_embedded"]["fleets"]] == [ours.fleet.public_id]
    page = person.get("/").content.decode()
    assert ours.fleet.public_id in page
    assert theirs.fleet.public_id not in page


@pytest.mark.parametrize("change", ["secret", "username", "client_id", "inactive", "garbage", "bearer", "nothing"])
def test_wrong_credentials_are_401(ours: World, theirs: World, change: str) -> None:
    caller = ours.caller
    if change == "secret":
        caller.secret = theirs.caller.secret
    elif change == "username":
        caller.row.username = "theirs"
    elif change == "client_id":
        caller.row.client_id = theirs.caller.row.client_id
    elif change == "inactive":
        caller.row.active = False
        caller.row.save()
    header = {"garbage": "Basic é", "bearer": "Bearer x", "nothing": ""}.get(change)
    if header is not None:
        answer = caller.http.get(
            f"/connectedcar/v3/fleets?client_id={caller.row.client_id}", headers={"Authorization": header}
        )
    else:
        answer = caller.get("/fleets")
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Basic")
    assert answer.json()["code"] == 40199
    assert set(answer.json()) == {"code", "uuid", "message", "timestamp"}
