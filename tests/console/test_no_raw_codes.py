"""No code is shown without its words; a word of the manufacturer's that is not known here is marked as such."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.test import Client

from callbacks.models import Batch, Callback
from console.audit.words import KINDS, ORIGINS, what
from console.callbacks import words as callback_words
from fleets.models import AuditEntry
from protocol import statuses, why
from protocol.why import Why
from remotes.models import RemoteAction, RemoteEvent
from remotes.words import statuses as words
from remotes.words.causes import CAUSES, NOT_TOLD, cause_why, cause_words
from tests.console.conftest import World
from tests.console.sending.test_orphans import tell
from tests.world import make_action, make_event

State = RemoteAction.State

TABLES: list[tuple[Any, Mapping[Any, Any]]] = [
    (statuses.PENDING_STATUSES + statuses.DONE_STATUSES, words.STATUSES),
    (State, words.STATES),
    (RemoteAction.Origin, words.ORIGINS),
    (RemoteAction.Origin, words.ASKED),
    (statuses.FEEDBACK_DETAILS, words.FEEDBACK),
    (statuses.FAILURE_CAUSES_V1, CAUSES),
    (AuditEntry.Kind, KINDS),
    (AuditEntry.Origin, ORIGINS),
    (Callback.Status, callback_words._STATUSES),
    (Batch.State, callback_words._STATES),
]


@pytest.mark.parametrize(("codes", "table"), TABLES)
def test_every_code_has_words(codes: Any, table: Mapping[Any, Any]) -> None:
    assert [code for code in codes if code not in table] == []


@pytest.mark.parametrize("state", list(State))
def test_what_is_kept_of_a_status_is_a_code_with_the_same_words(state: str) -> None:
    for status in ("", *statuses.PENDING_STATUSES, *statuses.DONE_STATUSES):
        assert str(words.standing(state, status)) == str(words.present_word(state, status).text)
    assert str(words.standing("done", "NewFangled")) == "NewFangled"


@pytest.mark.parametrize("cause", [*CAUSES, "NewFangled", "", " ", None])
def test_so_is_what_is_kept_of_a_cause(cause: str | None) -> None:
    assert str(cause_why(cause)) == str(cause_words(cause).text)
    assert cause_why(cause).code in why.sentences()


def test_a_cause_that_was_not_told_is_none_that_is_not_known() -> None:
    assert cause_words("  ") is NOT_TOLD
    assert "“ ”" not in str(Why("cause-not-told"))


def test_words_that_are_not_known_are_marked_on_the_page(camille: Client, world: World) -> None:
    action = make_action(world.van, state="accepted", status="Levitating")
    make_event(action, "Levitating")
    event = make_event(action, "SentToVehicle")
    event.feedback_detail = "KeyOnTheMoon"
    event.save()
    page = camille.get(world.page_of(world.van)).content.decode()
    for word in ("Levitating", "KeyOnTheMoon"):
        assert f"“{word}”, as the manufacturer&#x27;s cloud says" in page
        assert f">{word}</code>" not in page


def test_those_of_actions_that_nobody_asked_for_too(camille: Client, world: World) -> None:
    tell(world.lyon, remote_type="Teleport")
    tell(world.lyon, 2, remote_type="Doors", failure_cause="DoorsOpen")
    RemoteEvent.objects.update(status="Failed")
    page = camille.get(f"/fleets/{world.lyon.public_id}/orphans").content.decode()
    assert "“Teleport”, as the manufacturer&#x27;s cloud says" in page
    assert "It failed, and the manufacturer&#x27;s cloud gave no cause." in page
    assert "A door was open." in page


@pytest.mark.parametrize(
    ("purpose", "said"),
    [
        ("send", "Sent to the manufacturer's cloud"),
        ("looked-up", "Asked again: looked up by its label"),
        ("asked-for", "Asked again: asked for by its id"),
        ("", "Sent"),
    ],
)
def test_the_audit_says_what_a_request_was_for(purpose: str, said: str) -> None:
    assert what(AuditEntry(kind="sent", document={"purpose": purpose})) == said
