"""Who answers for an API client, and what somebody may give to one."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from fleets.models import ApiClient, ApiSecret, Fleet, Membership
from fleets.programs.giving import EVERY, Gift, Held, TooMuch, covers, gift_of, held_by, too_much
from fleets.programs.people import (
    answers_in,
    clients_of,
    is_ownerless,
    left_behind,
    may_change,
    may_hand_on,
    possible_owners,
    touched_by,
)
from tests.world import make_fleet, make_person

pytestmark = pytest.mark.django_db


def make_client(owner: User | None, *fleets: Fleet, **values: Any) -> ApiClient:
    name = f"client {ApiClient.objects.count()}"
    client = ApiClient.objects.create(client_id=name, name=name, username=name, owner=owner, **values)
    client.fleets.set(fleets)
    return client


@pytest.fixture
def lyon() -> Fleet:
    return make_fleet("Lyon")


@pytest.fixture
def paris() -> Fleet:
    return make_fleet("Paris")


def test_who_manages_all_of_its_fleets_changes_it_and_who_manages_some_only_sees_it(lyon: Fleet, paris: Fleet):
    ada, both, viewer = (
        make_person("ada", lyon),
        make_person("both", lyon, paris),
        make_person("v", lyon, role="viewer"),
    )
    root = make_person("root", is_superuser=True)
    client, bare = make_client(None, lyon, paris), make_client(None)
    assert [may_change(one, client) for one in (ada, both, viewer, root)] == [False, True, False, True]
    assert [may_change(one, bare) for one in (ada, root)] == [False, True]
    assert [client in clients_of(one) for one in (ada, both, viewer, root)] == [True, True, False, True]
    assert [bare in clients_of(one) for one in (ada, root)] == [False, True]
    Membership.objects.filter(user=both, fleet=paris).update(narrowed=True)
    assert not may_change(both, client)


LOSSES: dict[str, Any] = {
    "role": {"role": "operator"},
    "end": {"ends_at": timezone.now() - timedelta(minutes=1)},
    "narrowed": {"narrowed": True},
}


@pytest.mark.parametrize("loss", [*LOSSES, "removed", "deactivated", "deleted", "nothing"])
def test_an_owner_answers_while_they_may_change_it_in_each_of_its_fleets(lyon: Fleet, paris: Fleet, loss: str):
    ada = make_person("ada", lyon, paris)
    client = make_client(ada, lyon, paris)
    secret = client.add_secret("x", by=ada)
    member = Membership.objects.filter(user=ada, fleet=paris)
    assert not is_ownerless(client)
    assert not left_behind(client.secrets.all()).exists()
    if loss in LOSSES:
        member.update(**LOSSES[loss])
    elif loss == "removed":
        member.delete()
    elif loss == "deactivated":
        User.objects.filter(pk=ada.pk).update(is_active=False)
    elif loss == "deleted":
        ada.delete()
    client.refresh_from_db()
    assert is_ownerless(client) is (loss != "nothing")
    # Nobody is known to have left where the account is gone; that it may know a password stays.
    assert left_behind(client.secrets.all()).exists() is (loss not in ("nothing", "deleted"))
    assert client.known_to == [secret.made_by_id or client.known_to[0]]
    User.objects.filter(username="ada").update(is_superuser=True)
    assert is_ownerless(client) is (loss in ("deactivated", "deleted"))


def test_in_one_fleet_an_owner_answers_by_the_rights_there(lyon: Fleet, paris: Fleet):
    ada = make_person("ada", lyon, paris)
    client = make_client(ada, lyon, paris)
    Membership.objects.filter(user=ada, fleet=paris).update(ends_at=timezone.now() - timedelta(minutes=1))
    assert [answers_in(client, fleet.pk) for fleet in (lyon, paris)] == [True, False]
    User.objects.update(is_active=False)
    assert not answers_in(client, lyon.pk)
    assert not answers_in(make_client(None, lyon), lyon.pk)


def test_its_owner_hands_it_on_or_an_admin_and_whoever_manages_it_where_nobody_answers(lyon: Fleet):
    ada, bob, root = make_person("ada", lyon), make_person("bob", lyon), make_person("root", is_superuser=True)
    operator = make_person("op", lyon, role="operator")
    client = make_client(ada, lyon)
    assert [may_hand_on(one, client) for one in (ada, bob, root, operator)] == [True, False, True, False]
    assert set(possible_owners(client)) == {ada, bob, root}
    Membership.objects.filter(user=ada).update(role="viewer")
    assert [may_hand_on(one, client) for one in (ada, bob, root, operator)] == [False, True, True, False]
    assert set(possible_owners(client)) == {bob, root}
    assert set(possible_owners(make_client(None))) == {root}


def test_all_who_may_know_a_password_have_touched_what_it_sends_for_ever(lyon: Fleet):
    ada, bob = make_person("ada", lyon), make_person("bob", lyon)
    client = make_client(ada, lyon)
    client.new_secret(by=bob)
    client.owner = None
    client.secrets.all().delete()
    assert touched_by(client) == {bob.pk}
    client.owner = ada
    assert touched_by(client) == {ada.pk, bob.pk}
    assert ApiClient.objects.get(pk=client.pk).known_to == [bob.pk]
    assert not ApiSecret.objects.exists()


def test_who_has_less_themselves_gives_less_and_for_no_longer(lyon: Fleet, paris: Fleet):
    ada, root = make_person("ada", lyon, paris), make_person("root", is_superuser=True)
    soon = timezone.now() + timedelta(hours=1)
    assert gift_of(ada, [lyon.pk, paris.pk]) == Gift(EVERY, positions=True)
    Membership.objects.filter(user=ada, fleet=paris).update(
        remote_types=["Horn", "Lights"], positions="no", ends_at=soon
    )
    assert gift_of(ada, [lyon.pk]) == Gift(EVERY, positions=True)
    assert gift_of(ada, [lyon.pk, paris.pk]) == Gift(frozenset({"Horn", "Lights"}), positions=False, until=soon)
    assert gift_of(ada, []) == Gift(frozenset(), positions=False)
    assert gift_of(root, []) == gift_of(root, [lyon.pk]) == Gift(EVERY, positions=True)
    Membership.objects.filter(user=ada, fleet=paris).update(role="operator")
    assert gift_of(ada, [lyon.pk, paris.pk]) == Gift(frozenset(), positions=False)


def test_what_is_new_must_be_the_givers_and_of_a_new_fleet_everything(lyon: Fleet, paris: Fleet):
    ada = make_person("ada", lyon, paris)
    Membership.objects.filter(user=ada, fleet=paris).update(remote_types=["Horn"], positions="no")
    in_lyon, in_paris, both = frozenset({lyon.pk}), frozenset({paris.pk}), frozenset({lyon.pk, paris.pk})
    horn, lights = frozenset({"Horn"}), frozenset({"Lights"})
    everything = Held(in_lyon, None, positions=True)
    assert not too_much(ada, Held(), everything)
    assert not too_much(ada, Held(), Held(both, horn, positions=False))
    assert too_much(ada, Held(), Held(in_paris, horn | lights, positions=True)) == TooMuch(lights, positions=True)
    assert too_much(ada, everything, Held(both, None, positions=True)) == TooMuch(every_type=True, positions=True)
    # What another gave may stay, and be taken away.
    wide = Held(in_paris, None, positions=True)
    assert not too_much(ada, wide, wide)
    assert not too_much(ada, wide, Held(in_paris, lights, positions=False))
    assert too_much(ada, Held(in_paris, lights, positions=False), Held(in_paris, lights | horn)) == TooMuch()
    assert too_much(ada, Held(in_paris, lights), wide) == TooMuch(every_type=True, positions=True)
    # But a password of it would be hers to use.
    assert not covers(gift_of(ada, in_paris), wide)
    assert not covers(gift_of(ada, in_paris), Held(in_paris, lights))
    assert covers(gift_of(ada, in_paris), Held(in_paris, horn))


def test_what_a_client_has_is_read_from_its_row(lyon: Fleet):
    assert held_by(make_client(None, lyon)) == Held(frozenset({lyon.pk}), None, positions=True)
    some = make_client(None, remote_types=["Horn"], sees_positions=False)
    assert held_by(some) == Held(frozenset(), frozenset({"Horn"}), positions=False)
