"""The alerts of a fleet, who is told of them, and its alert webhooks."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.template import Context
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from alerts.choices import kinds_of, people_to_tell
from alerts.raising import clear_alert, raise_alert
from callbacks.models import Callback
from console.alerts.listing import PAGE_SIZE
from console.templatetags.frame import open_alerts
from fleets.access import member_of
from fleets.models import Fleet, Membership
from remotes.life.endings import end_by_us
from remotes.models import Alert, AlertChoice
from tests.callbacks.outbox_world import make_callback
from tests.console.conftest import LogIn, World
from tests.console.forms.given import Page, error_of
from tests.world import make_action, make_person, written

Kind = Alert.Kind


def url_of(fleet: Fleet, part: str = "") -> str:
    return f"/fleets/{fleet.public_id}/alerts{part}"


def text_of(client: Client, url: str) -> str:
    return " ".join(client.get(url).content.decode().split())


def fail_dangerous(world: World) -> Alert:
    end_by_us(make_action(world.van, "immobilise"), written("It was refused."))
    return Alert.objects.get(kind=Kind.DANGEROUS_ACTION)


def raise_many(fleet: Fleet, number: int) -> None:
    for key in range(number):
        raise_alert(Kind.CALLBACK_FAILED, fleet.pk, f"c{key:02}", f"Number {key:02}.")


def test_an_alert_leads_to_what_it_is_about(camille: Client, world: World) -> None:
    assert "No open alerts" in text_of(camille, url_of(world.lyon))
    fail_dangerous(world)
    page = text_of(camille, url_of(world.lyon))
    assert "Dangerous action failed" in page
    assert "“Immobilise” for Van 1 failed. It was refused." in page
    assert f'href="{world.page_of(world.van)}"' in page


def test_the_rail_of_a_fleet_counts_its_open_alerts(camille: Client, world: World) -> None:
    raise_many(world.lyon, 2)
    raise_alert(Kind.GATEWAY_DOWN, None, "1", "For all.")
    raise_many(world.paris, 1)
    for page in (f"/fleets/{world.lyon.public_id}", f"/fleets/{world.lyon.public_id}/callbacks", url_of(world.lyon)):
        assert '<span class="number">3<span' in text_of(camille, page)
    clear_alert(Kind.GATEWAY_DOWN, None, "1", "Over.")
    assert '<span class="number">2<span' in text_of(camille, url_of(world.lyon))


def test_counting_them_is_one_statement(world: World, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    raise_many(world.lyon, 3)
    fleet = member_of(world.camille, world.lyon.public_id).fleet
    with django_assert_num_queries(1):
        assert open_alerts(Context(), fleet) == 3


def test_what_is_over_is_past(camille: Client, world: World) -> None:
    raise_many(world.lyon, 1)
    clear_alert(Kind.CALLBACK_FAILED, world.lyon.pk, "c00", "It works again.")
    assert "Number 00." not in text_of(camille, url_of(world.lyon))
    past = text_of(camille, url_of(world.lyon, "/past"))
    assert "Number 00. <strong>It works again.</strong>" in past


@pytest.mark.parametrize("part", ["", "/past"])
def test_many_are_paged(camille: Client, world: World, part: str) -> None:
    raise_many(world.lyon, PAGE_SIZE + 1)
    if part:
        for alert in Alert.objects.all():
            clear_alert(Kind.CALLBACK_FAILED, world.lyon.pk, alert.key, "Over.")
    page = text_of(camille, url_of(world.lyon, part))
    assert "Number 01." in page
    assert "Number 00." not in page
    second = Alert.objects.get(words="Number 01.")
    assert f'href="?before={second.pk}"' in page
    assert "Number 00." in text_of(camille, url_of(world.lyon, f"{part}?before={second.pk}"))
    assert camille.get(url_of(world.lyon, f"{part}?before=nonsense")).status_code == 200


def test_a_manager_settles_a_dangerous_action_that_failed(camille: Client, viktor: Client, world: World) -> None:
    alert = fail_dangerous(world)
    settle = url_of(world.lyon, f"/{alert.public_id}/settle")
    assert settle not in text_of(viktor, url_of(world.lyon))
    assert settle in text_of(camille, url_of(world.lyon))
    assert camille.post(settle).status_code == 303
    assert "camille has seen to it." in text_of(camille, url_of(world.lyon, "/past"))


def test_what_ends_by_itself_is_not_settled(camille: Client, world: World) -> None:
    raise_many(world.lyon, 1)
    alert = Alert.objects.get()
    settle = url_of(world.lyon, f"/{alert.public_id}/settle")
    assert settle not in text_of(camille, url_of(world.lyon))
    assert camille.post(settle).status_code == 404


def chosen(user: User, fleet: Fleet) -> list[str]:
    return list(kinds_of(user, fleet))


def test_everybody_chooses_for_themselves(camille: Client, viktor: Client, world: World) -> None:
    assert (len(chosen(world.camille, world.lyon)), chosen(world.viktor, world.lyon)) == (10, [])
    viktor.post(url_of(world.lyon, "/choice"), {"kinds": ["wake-ups"]})
    camille.post(url_of(world.lyon, "/choice"), {})
    # What is about a second person is nobody's choice.
    always = ["approval-wanted", "change-wanted", "sent-alone"]
    assert (chosen(world.camille, world.lyon), chosen(world.viktor, world.lyon)) == (always, ["wake-ups"])
    assert "approval-wanted" not in text_of(camille, url_of(world.lyon))
    page = text_of(viktor, url_of(world.lyon))
    assert "Your choice is saved." in page
    assert 'value="wake-ups" id="id_kinds_5" checked' in page
    assert viktor.post(url_of(world.lyon, "/choice"), {"kinds": ["nonsense"]}).status_code == 422


def test_who_sees_some_vehicles_only_chooses_among_alerts_of_vehicles(viktor: Client, world: World) -> None:
    assert 'value="callback-failed"' in text_of(viktor, url_of(world.lyon))
    Membership.objects.filter(user=world.viktor).update(narrowed=True)
    page = text_of(viktor, url_of(world.lyon))
    assert 'value="dangerous-action"' in page
    assert 'value="callback-failed"' not in page
    viktor.post(url_of(world.lyon, "/choice"), {"kinds": ["callback-failed"]})
    assert kinds_of(world.viktor, world.lyon) == ()


def test_an_admin_is_told_what_they_choose_alone(world: World, log_in: LogIn) -> None:
    """They see every fleet: nobody wants the alerts of all of them by mail without asking."""
    root = make_person("root", is_superuser=True, email="root@example.com")
    alert = Alert(kind=Alert.Kind.WAKE_UPS, fleet=world.lyon)
    assert root.pk not in people_to_tell(alert)
    log_in(root).post(url_of(world.lyon, "/choice"), {"kinds": ["wake-ups"]})
    assert (root.pk in people_to_tell(alert), chosen(root, world.paris)) == (True, [])
    User.objects.filter(pk=root.pk).update(is_superuser=False)
    assert root.pk not in people_to_tell(alert)


def test_who_was_a_member_is_told_nothing_more(world: World) -> None:
    User.objects.filter(pk=world.camille.pk).update(email="camille@example.com")
    alert = Alert(kind=Alert.Kind.WAKE_UPS, fleet=world.lyon)
    assert people_to_tell(alert) == {world.camille.pk}
    Membership.objects.update(ends_at=timezone.now())
    assert people_to_tell(alert) == set()


def test_the_page_says_who_is_told(camille: Client, world: World) -> None:
    page = text_of(camille, url_of(world.lyon))
    assert "You have no e-mail address here" in page
    assert "<dt>camille</dt><dd>Nothing: no e-mail address</dd>" in page
    assert "<dt>viktor</dt><dd>No alerts</dd>" in page
    User.objects.update(email="one@example.com")
    assert "<dt>camille</dt><dd>All alerts</dd>" in text_of(camille, url_of(world.lyon))


@pytest.mark.parametrize("part", ["", "/past", "/webhooks/new"])
def test_another_companys_alerts_are_not_there(camille: Client, world: World, part: str) -> None:
    assert camille.get(url_of(world.paris, part)).status_code == 404


def set_up(client: Client, fleet: Fleet, **values: Any) -> Any:
    given = {"name": "On call", "target": "https://example.com/alerts", "kinds": ["gateway-down"], **values}
    return client.post(url_of(fleet, "/webhooks/new"), given)


def test_a_manager_sets_up_a_webhook_and_sees_its_secret_once(camille: Client, world: World) -> None:
    made = set_up(camille, world.lyon)
    webhook = Callback.objects.get()
    assert made.headers["Location"] == f"/fleets/{world.lyon.public_id}/callbacks/{webhook.public_id}"
    assert webhook.for_alerts
    assert AlertChoice.objects.get(callback=webhook).kinds == ["gateway-down"]
    page = text_of(camille, made.headers["Location"])
    assert webhook.secret in page
    assert "None: it gets the fleet" in page
    assert webhook.secret not in text_of(camille, made.headers["Location"])
    assert "Manufacturer's cloud down" in text_of(camille, url_of(world.lyon)).replace("&#x27;", "'")
    assert "For alerts" in text_of(camille, f"/fleets/{world.lyon.public_id}/callbacks")


def test_a_webhook_is_edited_and_keeps_how_it_is_delivered(camille: Client, world: World) -> None:
    set_up(camille, world.lyon)
    webhook = Callback.objects.get()
    edit = url_of(world.lyon, f"/webhooks/{webhook.public_id}/edit")
    page = Page(camille.get(edit).content)
    assert page.attributes["id_target"]["value"] == "https://example.com/alerts"
    subscribe = {**webhook.subscribe, "retryPolicy": {"policy": "None"}}
    Callback.objects.update(subscribe=subscribe)
    camille.post(edit, {"name": "Pager", "target": "https://example.com/pager"})
    webhook.refresh_from_db()
    assert (webhook.name, webhook.target) == ("Pager", "https://example.com/pager")
    assert webhook.subscribe["retryPolicy"] == {"policy": "None"}
    assert AlertChoice.objects.get(callback=webhook).kinds == []


def test_a_secret_that_a_webhook_sends_stays_with_its_host(camille: Client, world: World) -> None:
    """A manager, who is never shown it, would read it at another one."""
    set_up(camille, world.lyon)
    webhook = Callback.objects.get()
    edit = url_of(world.lyon, f"/webhooks/{webhook.public_id}/edit")
    webhook.webhook["attributes"] = [{"type": "Header", "key": "Authorization", "value": "Bearer hush"}]
    webhook.save()
    refused = camille.post(edit, {"name": "Pager", "target": "https://elsewhere.example.com/alerts"})
    assert refused.status_code == 422
    assert "It sends a secret to its present host" in error_of(refused, "target")
    assert camille.post(edit, {"name": "Pager", "target": "https://example.com/pager"}).status_code == 303
    webhook.refresh_from_db()
    assert (webhook.target, webhook.webhook["attributes"][0]["value"]) == ("https://example.com/pager", "Bearer hush")


def test_what_is_wrong_with_a_webhook_is_said_beside_its_field(camille: Client, world: World) -> None:
    assert error_of(set_up(camille, world.lyon, name=""), "name") == "This is missing."
    wrong = set_up(camille, world.lyon, target="http://example.com/")
    assert wrong.status_code == 422
    assert not Callback.objects.exists()


def test_a_viewer_is_offered_no_webhook(viktor: Client, world: World) -> None:
    assert "New webhook for alerts" not in text_of(viktor, url_of(world.lyon))


def test_a_callback_of_remote_actions_is_no_alert_webhook(camille: Client, world: World) -> None:
    callback = make_callback(world.lyon)
    assert camille.get(url_of(world.lyon, f"/webhooks/{callback.public_id}/edit")).status_code == 404
