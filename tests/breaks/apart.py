"""Breaks of what keeps API clients apart, their secrets unread, and the admin's rights to those who have them."""

from tests.breaks.kept import Break

_APART = "tests/api/test_clients_apart.py"
_MASKED = "tests/api/test_masked_secrets.py"
_LIMITS = "tests/api/test_callback_limits.py"
_ADMIN = "tests/rights/test_admin_rights.py"

BREAKS = (
    Break(
        "apart: a client sees the callbacks of all clients of its fleet",
        "callbacks/registering/room.py",
        "filter(created_by=client, deleted_at__isnull=True, for_alerts=False",
        "filter(deleted_at__isnull=True, for_alerts=False",
        (f"{_APART}::test_what_is_the_others_is_not_there_at_any_address_by_any_method",),
    ),
    Break(
        "apart: a client acts under the callbacks of all clients of its fleet",
        "api/v3/lookup.py",
        "AND callback.created_by_id = %(client)s AND",
        "AND %(client)s IS NOT NULL AND",
        (f"{_APART}::test_what_is_the_others_is_not_there_at_any_address_by_any_method",),
    ),
    Break(
        "apart: a key of another client gives its answer",
        "api/rest/idempotency.py",
        "filter(api_client=client, idempotency_key=idempotency.key)",
        "filter(idempotency_key=idempotency.key)",
        (f"{_APART}::test_a_key_of_the_other_is_ones_own_to_use",),
    ),
    Break(
        "apart: the body of a batch is shown with its secrets",
        "api/v3/delivery_shapes.py",
        "shown(told, place)",
        "told",
        (f"{_MASKED}::test_no_answer_of_any_address_holds_a_secret_and_what_was_posted_does",),
    ),
    Break(
        "apart: a secret of a callback goes to another host",
        "protocol/canonical/masked.py",
        "    if elsewhere:",
        "    if elsewhere and not path:",
        (f"{_MASKED}::test_a_mask_that_stands_for_nothing_is_refused_by_its_path",),
    ),
    Break(
        "apart: two requests at once get the last place for a callback",
        "callbacks/registering/room.py",
        "Fleet.objects.select_for_update(no_key=True).get(pk=fleet.pk)",
        "Fleet.objects.get(pk=fleet.pk)",
        (f"{_LIMITS}::test_of_two_at_once_one_gets_the_last_place",),
    ),
    Break(
        "apart: who may look at requests has them read again",
        "remotes/admin.py",
        'description="Read the chosen requests again", permissions=["replay"]',
        'description="Read the chosen requests again"',
        (f"{_ADMIN}::test_each_action_names_who_may_run_it",),
    ),
    Break(
        "apart: who may change people makes themselves an admin",
        "fleetremote/admin.py",
        "return fields if _is_superuser(request) else (*fields, *_RIGHTS)",
        "return fields",
        (f"{_ADMIN}::test_who_may_change_people_gives_nobody_rights",),
    ),
    Break(
        "apart: who may change people sets an admin's password",
        "fleetremote/admin.py",
        "return super().has_change_permission(request, obj) and _is_below(request, obj)",
        "return super().has_change_permission(request, obj)",
        (f"{_ADMIN}::test_who_may_change_people_gives_nobody_rights",),
    ),
)
