"""The migration to several passwords, forward and back, on clients, tokens and an audit that were there before."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from fleets import api_tokens
from fleets.audit.doer import Doer, doing
from fleets.audit.entries import Origin, person
from fleets.models import ApiClient, ApiSecret, ApiToken
from fleets.programs.secrets import end, find
from tests.migrating import migrate
from tests.world import make_person

BEFORE, AFTER = [("fleets", "0017_narrowed_memberships")], [("fleets", "0020_api_secrets")]


@pytest.fixture
def root(at_the_end: None) -> Any:
    return make_person("root", is_superuser=True)


def make_client(name: str, **values: Any) -> ApiClient:
    return ApiClient.objects.create(client_id=name, name=name, username=name, **values)


@pytest.mark.drawn("migrations", 1, of="tests")
def test_to_and_fro_each_client_keeps_a_password_and_its_tokens_and_who_may_know_it_is_told(root: Any) -> None:
    ana = make_person("ana", is_staff=True)
    with doing(lambda: Doer(person(ana), Origin.ADMIN)):
        made = make_client("made")
    one, several, none = make_client("one"), make_client("several"), make_client("none")
    bound = make_client("bound", certificate_fingerprint="a" * 64)
    blind = make_client("blind", sees_positions=False)
    ends_at = timezone.now() + timedelta(days=3)
    kept = one.new_secret("night", ends_at=ends_at)
    old, new, ended = (several.new_secret() for _ in range(3))
    end(several.secrets.latest("pk"))
    tokens = {}
    for secret in ApiSecret.objects.all():
        tokens[secret.pk] = api_tokens.new_token()
        api_tokens.issue(secret, tokens[secret.pk], ["channel"])

    before = migrate(BEFORE).get_model("fleets", "ApiClient").objects
    assert before.get(pk=one.pk).secret_ends_at == ends_at
    assert before.get(pk=none.pk).secret_hash == ""
    # What the older version would not hold to is not let in there.
    assert set(before.filter(active=False).values_list("pk", flat=True)) == {bound.pk, blind.pk}
    migrate(AFTER)
    found = find("one", kept)
    assert found is not None
    assert (found.client.pk, found.ends_at, found.ended_at) == (one.pk, ends_at, None)
    assert [bool(find("several", secret)) for secret in (old, new, ended)] == [False, True, False]
    assert not none.secrets.exists()
    good = [token for token in tokens.values() if api_tokens.find(token) is not None]
    assert len(good) == ApiToken.objects.count() == 2
    ids = ApiClient.objects.values_list("public_id", flat=True)
    assert len(set(ids)) == len(ids) == 6
    assert all(len(public_id) == 24 for public_id in ids)
    # The audit says who has made one; where it says nothing, each admin may know a password.
    known = dict(ApiClient.objects.values_list("pk", "known_to"))
    assert known.pop(made.pk) == [ana.pk]
    assert set(map(tuple, known.values())) == {(root.pk,)}
    assert not ApiClient.objects.exclude(owner=None).exists()
