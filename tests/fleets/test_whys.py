"""The column that says why, and its words in the reader's language."""

import pytest
from django.utils import translation

from fleets.words.why import say
from gateways.codes import ANSWERED
from protocol.why import Why, sentences
from remotes.models import RemoteAction
from remotes.words import codes
from tests.world import make_action, make_fleet, make_vehicle


@pytest.fixture
def action(db: None) -> RemoteAction:
    return make_action(make_vehicle(make_fleet("Lyon"), "Van 1"))


def test_it_is_kept_whole_and_found_by_its_code(action: RemoteAction):
    why = Why(codes.PACE, number=1200, others=Why(codes.OTHERS_WAIT, number=3))
    action.set(why=why)
    action.refresh_from_db()
    assert action.why == why
    assert RemoteAction.objects.filter(why__code=codes.PACE).exists()
    assert dict(RemoteAction.objects.values_list("pk", "why")) == {action.pk: why}


def test_nothing_to_say_is_null(action: RemoteAction):
    assert RemoteAction.objects.filter(why__isnull=True).exists()
    action.set(why=Why(codes.DOWN))
    RemoteAction.objects.update(why=None)
    action.refresh_from_db()
    assert (action.why, action.detail) == (None, "")
    assert RemoteAction.objects.filter(why__isnull=True).exists()


def test_a_page_says_it_in_the_readers_language_and_numbers_as_they_are_written_there():
    why = Why(codes.PACE, number=1200, others=Why(codes.OTHERS_WAIT, number=3))
    with translation.override("fr"):
        assert (
            " ".join(say(why).split())
            == "Le cloud du constructeur accepte 1 200 requêtes par seconde ; 3 autres attendent aussi."
        )
        assert str(why).startswith("The manufacturer's cloud takes 1,200 requests a second")
    assert say(why) == str(why)
    assert say(None) == ""


def test_what_others_have_written_is_said_as_it_came():
    with translation.override("fr"):
        assert say(Why(codes.STOPPED, why="It does not answer.")).endswith("It does not answer.")
        assert "502" in say(Why(ANSWERED, status=502))


# Only in the log and in admin, which are English.
_ENGLISH = {"page-without", "not-all", "too-many-pages", "as-written", "cloud-says"}


def test_each_sentence_is_there_in_french():
    # The first is the same in both languages; the others are nothing but places.
    same = {"minutes", "both", "listed"}
    with translation.override("fr"):
        left = [
            name
            for name, sentence in sentences().items()
            if not name.startswith(("test-", "type-")) and translation.gettext(sentence) == sentence
        ]
    assert set(left) <= _ENGLISH | same
