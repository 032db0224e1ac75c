"""Who is told when: one alert a cause and time span, no false all-clear, and no storm while a gateway is down."""

from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.core import mail
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from alerts.causes import gateways
from alerts.choices import choose
from alerts.raising import clear_alert, raise_alert
from alerts.rhythm import next_telling
from remotes.life.endings import end_by_us
from remotes.models import Alert, GatewayHealth
from tests.remotes.conftest import Yard
from tests.world import make_fleet, make_person

from .conftest import WHY, Clock, open_alerts, subjects, told_to

pytestmark = pytest.mark.usefixtures("looked")

Kind = Alert.Kind
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RAISED, OVER, AGAIN = "Callback failed", "Over: Callback failed", "Again: Callback failed"


def fail(yard: Yard) -> None:
    raise_alert(Kind.CALLBACK_FAILED, yard.fleet.pk, "cb1", "It has failed.")


def recover(yard: Yard) -> None:
    clear_alert(Kind.CALLBACK_FAILED, yard.fleet.pk, "cb1", "It works again.")


def news() -> list[str]:
    return [subject.removeprefix("Lyon: ") for subject in subjects()]


def test_repeats_within_the_span_are_counted_and_told_after_it(yard: Yard, camille: User, clock: Clock) -> None:
    for _ in range(5):
        fail(yard)
        clock.sweep_after(minutes=10)
    assert (news(), Alert.objects.get().count) == ([RAISED], 5)
    clock.sweep_after(minutes=20)
    assert news()[1:] == ["Reminder: Callback failed"]
    assert "It has failed. It has occurred 5 times." in mail.outbox[1].body


def test_what_goes_on_is_reminded_of_ever_more_seldom(yard: Yard, camille: User, clock: Clock) -> None:
    fail(yard)
    clock.sweep_after(seconds=15)
    hours_of_reminders: list[int] = []
    for hour in range(1, 4 * 24):
        clock.sweep_after(hours=1)
        hours_of_reminders += [hour] * (len(mail.outbox) - len(hours_of_reminders) - 1)
    assert hours_of_reminders == [1, 3, 7, 15, 31, 55, 79]


def test_what_comes_and_goes_is_no_storm_and_never_a_false_all_clear(yard: Yard, camille: User, clock: Clock) -> None:
    for _ in range(12):
        fail(yard)
        clock.sweep_after(minutes=5)
        recover(yard)
        clock.sweep_after(minutes=5)
    assert len(Alert.objects.all()) == 1
    # Two hours: it failed, is over, failed again; from then on one message a span that says how it stands.
    assert news()[:3] == [RAISED, OVER, AGAIN]
    assert len(news()) <= 6
    clock.sweep_after(minutes=60)
    assert news()[-1] == OVER


def test_what_occurs_again_after_the_span_is_a_new_alert(yard: Yard, camille: User, clock: Clock) -> None:
    fail(yard)
    clock.sweep_after(minutes=1)
    recover(yard)
    clock.sweep_after(minutes=61)
    fail(yard)
    clock.sweep_after(minutes=1)
    assert news() == [RAISED, OVER, RAISED]
    assert Alert.objects.count() == 2


def test_what_is_over_before_anybody_was_told_is_not_told(yard: Yard, camille: User, clock: Clock) -> None:
    fail(yard)
    recover(yard)
    clock.sweep_after(minutes=1)
    assert (news(), Alert.objects.count()) == ([], 1)


def test_the_span_is_a_setting(yard: Yard, camille: User, clock: Clock, settings: Settings) -> None:
    settings.ALERT_SPAN_MINUTES = 5
    fail(yard)
    clock.sweep_after(minutes=1)
    clock.sweep_after(minutes=5)
    assert news() == [RAISED, "Reminder: Callback failed"]


MOMENTS = st.integers(0, 10_000).map(lambda minutes: NOON + timedelta(minutes=minutes))


@given(
    first=MOMENTS, last=MOMENTS, told_at=MOMENTS, cleared=st.none() | MOMENTS, told=st.sampled_from(Alert.Told.values)
)
def test_whatever_happened_only_what_is_not_told_is_due(
    first: datetime, last: datetime, told_at: datetime, cleared: datetime | None, told: str
) -> None:
    alert = Alert(
        kind=Kind.CALLBACK_FAILED,
        first_at=first,
        last_at=last,
        cleared_at=cleared,
        told=told,
        told_at=told_at if told else None,
        told_count=1,
        count=2,
    )
    due = next_telling(alert)
    if cleared is None and told != Alert.Told.RAISED:
        assert due == last
    elif cleared is None:
        assert due is not None
        assert due >= told_at + timedelta(minutes=60)
    elif told == Alert.Told.RAISED:
        assert due == max(cleared, told_at + timedelta(minutes=60))
    else:
        assert due is None


def test_everybody_gets_what_they_have_chosen(yard: Yard, camille: User, viktor: User, clock: Clock) -> None:
    make_person("mute", yard.fleet)
    make_person("gone", yard.fleet, email="gone@example.com", is_active=False)
    make_person("other", make_fleet("Paris"), email="other@example.com")
    fail(yard)
    clock.sweep_after(minutes=1)
    assert told_to() == ["camille@example.com"]
    choose(viktor, yard.fleet, [Kind.CALLBACK_FAILED])
    choose(camille, yard.fleet, [Kind.WAKE_UPS])
    recover(yard)
    clock.sweep_after(minutes=1)
    assert told_to()[1:] == ["viktor@example.com"]


def test_what_concerns_all_fleets_is_told_to_everybody_once(yard: Yard, camille: User, clock: Clock) -> None:
    make_person("paul", make_fleet("Paris"), make_fleet("Nice"), email="paul@example.com")
    raise_alert(Kind.GATEWAY_DOWN, None, "0", "Nothing works.")
    clock.sweep_after(minutes=1)
    assert sorted(told_to()) == ["camille@example.com", "paul@example.com"]
    assert subjects()[0] == "All fleets: Manufacturer's cloud down"


def set_health(yard: Yard, state: GatewayHealth.State) -> None:
    GatewayHealth.objects.update_or_create(gateway=yard.gateway, defaults={"state": state})
    gateways.note_health(yard.gateway.pk)


def fail_dangerous(yard: Yard, number: int) -> None:
    for _ in range(number):
        end_by_us(yard.action(None, remote_type="Immobilization", payload={"activate": True}), WHY)


def test_while_a_gateway_is_down_single_failures_are_held_and_counted(yard: Yard, camille: User, clock: Clock) -> None:
    set_health(yard, GatewayHealth.State.DOWN)
    clock.sweep_after(minutes=1)
    for _ in range(4):
        fail_dangerous(yard, 3)
        clock.sweep_after(minutes=10)
    assert news() == ["Manufacturer's cloud down"]
    assert len(open_alerts()) == 13
    set_health(yard, GatewayHealth.State.UP)
    for _ in range(8):
        clock.sweep_after(minutes=1)
    assert news()[1:] == ["Over: Manufacturer's cloud down"]
    assert "12 dangerous actions failed or had no known outcome meanwhile" in mail.outbox[1].body
    assert not Alert.objects.filter(held=True).exists()


def test_another_gateways_failures_are_not_held(yard: Yard, camille: User, clock: Clock) -> None:
    other = make_fleet("Paris").upstream_fleets.get().gateway
    GatewayHealth.objects.create(gateway=other, state=GatewayHealth.State.DOWN)
    fail_dangerous(yard, 1)
    clock.sweep_after(minutes=1)
    assert news() == ["Dangerous action failed (e-208 · VF3ABCDE0FG123456)"]


def test_what_was_held_is_told_alone_where_no_all_clear_comes(yard: Yard, camille: User, clock: Clock) -> None:
    set_health(yard, GatewayHealth.State.DOWN)
    fail_dangerous(yard, 1)
    Alert.objects.filter(kind=Kind.GATEWAY_DOWN).update(tell_at=None)
    clock.sweep_after(minutes=1)
    assert news() == []
    # Up again before anybody was told that it was down.
    set_health(yard, GatewayHealth.State.UP)
    clock.sweep_after(minutes=1)
    clock.sweep_after(minutes=1)
    assert news() == ["Dangerous action failed (e-208 · VF3ABCDE0FG123456)"]
