"""Breaks of whole kinds: two of the same kind taken for one, and HTTP that does more than it is told."""

from tests.breaks.kept import Break

_HTTP = "tests/gateways/test_http.py"
_ALONE = "tests/callbacks/delivery/test_alone.py"
_MEANWHILE = "tests/remotes/checks/test_rights_meanwhile.py"
_PAGES = "tests/console/test_two_fleets.py"
_GATEWAYS = "tests/remotes/gate/test_two_gateways.py"
_TWINS = "tests/api/test_two_of_a_kind.py"
_BUDGETS = "tests/fleets/test_budgets.py"

_GATEWAY_HTTP = (
    Break(
        "a redirect is followed with credentials",
        "gateways/bounded.py",
        "timeout=timeouts, allow_redirects=False, stream",
        "timeout=timeouts, allow_redirects=True, stream",
        (f"{_HTTP}::test_a_redirect_is_not_followed",),
    ),
    Break(
        "a redirect counts as an answer",
        "gateways/answers/outcome.py",
        "if not 200 <= answer.status < 300:",
        "if not 200 <= answer.status < 400:",
        (f"{_HTTP}::test_a_redirect_is_not_an_answer_even_with_a_body",),
    ),
    Break(
        "a proxy is taken from the environment",
        "gateways/http.py",
        "        self._session.trust_env = False\n",
        "",
        (f"{_HTTP}::test_no_proxy_is_taken_from_the_environment",),
    ),
    Break(
        "a login is taken from ~/.netrc",
        "gateways/v3.py",
        "        self._session.auth = (account.username, account.password)\n",
        "        self._session.trust_env = True\n        if account.username:\n"
        "            self._session.auth = (account.username, account.password)\n",
        (f"{_HTTP}::test_no_credentials_are_taken_from_a_netrc_file",),
    ),
    Break(
        "cookies are kept",
        "gateways/http.py",
        "        self._session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))\n",
        "",
        (f"{_HTTP}::test_no_cookie_goes_from_one_request_to_the_next",),
    ),
    Break(
        "the library repeats requests",
        "gateways/bounded.py",
        "super().__init__(max_retries=0)",
        "super().__init__(max_retries=2)",
        (f"{_HTTP}::test_no_request_is_repeated_by_the_library",),
    ),
    Break(
        "the library repeats postings that are answered 503",
        "gateways/bounded.py",
        "super().__init__(max_retries=0)",
        "super().__init__(max_retries=__import__('urllib3').Retry(2, allowed_methods=None, status_forcelist=[503]))",
        (f"{_HTTP}::test_no_request_is_repeated_by_the_library",),
    ),
    Break(
        "the next page is read from wherever the link leads",
        "gateways/http.py",
        "self._session.prepare_request(requests.Request(method, self._base + path, json=body))",
        "self._session.prepare_request(requests.Request(method, urljoin(self._base + path, path), json=body))",
        (_HTTP, "tests/gateways/test_exchange.py"),
    ),
    Break(
        "the link to the next page is taken as it is",
        "gateways/http.py",
        '        return f"{path}?{target.query}" if target.query else path\n',
        "        return href\n",
        (f"{_HTTP}::test_the_next_page_is_read_from_our_host_whatever_the_link_says",),
    ),
    Break(
        "a link lengthens the name of the host",
        "gateways/http.py",
        'path = "/" + target.path.removeprefix(urlsplit(self._base).path).lstrip("/")',
        "path = target.path.removeprefix(urlsplit(self._base).path)",
        (f"{_HTTP}::test_a_link_can_not_lengthen_the_name_of_our_host",),
    ),
    Break(
        "a Basic value that is echoed is kept",
        "gateways/masking.py",
        "return [account.password, account.client_id, account.client_secret, *basics, *stripped, proxy]",
        "return [account.password, account.client_id, account.client_secret, proxy]",
        (f"{_HTTP}::test_credentials_that_an_answer_repeats_are_not_kept",),
    ),
    Break(
        "a Basic value without its padding is kept",
        "gateways/masking.py",
        "*basics, *stripped, proxy]",
        "*basics, proxy]",
        (f"{_HTTP}::test_credentials_that_an_answer_repeats_are_not_kept",),
    ),
    Break(
        "a secret in JSON escapes is kept",
        "gateways/masking.py",
        'if self._escaped and "\\\\" in masked else masked',
        "if False else masked",
        (f"{_HTTP}::test_credentials_that_an_answer_repeats_are_not_kept",),
    ),
    Break(
        "a percent-encoded secret is kept",
        "gateways/masking.py",
        """        quote(secret, safe="", errors="replace"),
        quote(secret, errors="replace"),
        quote_plus(secret, errors="replace"),
""",
        "        secret,\n",
        (f"{_HTTP}::test_credentials_that_an_answer_repeats_are_not_kept",),
    ),
    Break(
        "credentials in an answer's headers are kept",
        "gateways/masking.py",
        "MASK if _is_secret(name) else self.text(value)",
        "MASK if _is_secret(name) else value",
        (f"{_HTTP}::test_credentials_that_an_answer_repeats_are_not_kept",),
    ),
    Break(
        "credentials in the cloud's words are told",
        "gateways/words.py",
        "masked = masking.text(_one_line(masking.text(beginning)))",
        "masked = _one_line(beginning)",
        (f"{_HTTP}::test_what_the_cloud_says_of_our_credentials_is_told_without_them",),
    ),
    Break(
        "an answer is kept as it came, compressed",
        "gateways/exchange.py",
        "masking.body(answer.content if answer.is_whole else",
        "(answer.content if answer.is_whole else",
        (f"{_HTTP}::test_credentials_that_an_answer_repeats_are_not_kept",),
    ),
    Break(
        "the words of a failure are kept with the address",
        "gateways/exchange.py",
        'words = masking.text(f"{type(error).__name__}: {error}")',
        'words = f"{type(error).__name__}: {error}"',
        (f"{_HTTP}::test_the_words_of_a_failure_hold_no_password", "tests/gateways/test_exchange.py"),
    ),
    Break(
        "an answer is cut before it is masked",
        "gateways/exchange.py",
        "masking.body(answer.content if answer.is_whole else",
        "masking.body(answer.content[:MAX_ANSWER] if answer.is_whole else",
        (f"{_HTTP}::test_a_secret_across_the_cut_of_a_long_answer_is_not_kept_in_half",),
    ),
    Break(
        "an answer that is not whole is cut before it is masked",
        "gateways/exchange.py",
        "answer.content[: MAX_PART + _LONGEST_SECRET]",
        "answer.content[:MAX_PART]",
        ("tests/gateways/test_bounded.py::test_of_an_answer_that_is_not_whole_no_secret_is_kept",),
    ),
    Break(
        "two accounts share a client",
        "fleets/clients.py",
        "if kept is None or kept[0] != account:",
        "if kept is None:",
        (f"{_GATEWAYS}::test_a_gateway_whose_account_has_changed_is_asked_under_the_new_one",),
    ),
)

_DELIVERY = (
    Break(
        "a delivery follows a redirect",
        "callbacks/delivery/posting.py",
        "headers=fields, allow_redirects=False)",
        "headers=fields, allow_redirects=True)",
        (f"{_ALONE}::test_a_redirect_takes_no_signature_elsewhere",),
    ),
    Break(
        "a delivery goes through a proxy of the environment",
        "callbacks/delivery/posting.py",
        "trust_env=False",
        "trust_env=True",
        (f"{_ALONE}::test_no_proxy_is_taken_from_the_environment",),
    ),
    Break(
        "a delivery takes a login from ~/.netrc",
        "callbacks/delivery/posting.py",
        "trust_env=False",
        "trust_env=True",
        (f"{_ALONE}::test_no_login_is_taken_from_a_netrc_file",),
    ),
    Break(
        "a delivery keeps cookies",
        "callbacks/delivery/posting.py",
        "        cookie_jar=aiohttp.DummyCookieJar(),\n",
        "",
        (f"{_ALONE}::test_no_cookie_goes_from_one_delivery_to_the_next_nor_to_another_callback",),
    ),
    Break(
        "a delivery unpacks what is compressed",
        "callbacks/delivery/posting.py",
        "auto_decompress=False",
        "auto_decompress=True",
        (f"{_ALONE}::test_what_is_compressed_stays_so",),
    ),
    Break(
        "a delivery reads an answer to its end",
        "callbacks/delivery/posting.py",
        "    while len(body) < READ and (part := await response.content.read(READ - len(body))):",
        "    while part := await response.content.read(READ):",
        ("tests/callbacks/delivery/test_retries.py::test_of_a_huge_answer_only_the_start_is_read_and_kept",),
    ),
)

_RETRY_AFTER = (
    Break(
        "a wait without end breaks the dispatch",
        "gateways/answers/outcome.py",
        "return None if told is None else min(max(told, 1.0), LONGEST_PAUSE)",
        "return told",
        ("tests/remotes/sending/test_dispatch.py::test_a_wait_that_can_not_be_meant_is_short_and_loses_nothing",),
    ),
    Break(
        "a wait beyond the time to live is waited out",
        "remotes/sending/expiry.py",
        "    if at < action.expires_at:",
        "    if at:",
        ("tests/remotes/sending/test_dispatch.py::test_a_wait_beyond_its_time_to_live_ends_it_at_once",),
    ),
    Break(
        "a date of the year 9999 is the last word",
        "remotes/intake/ingest.py",
        "BETWEEN interval '-365 days' AND interval '1 minute'",
        "IS NOT NULL",
        ("tests/remotes/intake/test_ingest.py::test_a_date_that_can_not_be_meant_is_kept_and_orders_nothing",),
    ),
)

_BOUNDED = "tests/gateways/test_bounded.py"
_BOUNDS = (
    Break(
        "an answer that drips is read for ever",
        "gateways/bounded.py",
        "min(self._between, _left())",
        "self._between",
        (f"{_BOUNDED}::test_an_answer_that_drips_is_given_up_in_time[headers]",),
    ),
    Break(
        "an answer is read however large it is",
        "gateways/bounded.py",
        "if len(content) > limits.size:",
        "if not limits.size:",
        (f"{_BOUNDED}::test_of_a_huge_answer_no_more_is_read_than_fits",),
    ),
    Break(
        "a handshake that fails may have sent something",
        "gateways/bounded.py",
        "except (OSError, HTTPError) as error:",
        "except KeyError as error:",
        (f"{_BOUNDED}::test_what_fails_before_anything_is_sent_was_surely_not_accepted",),
    ),
    Break(
        "a refusal counts only with all of its words",
        "gateways/bounded.py",
        "if not _is_refusal(response.status_code):",
        "if response is not None:",
        (f"{_BOUNDED}::test_a_refusal_is_a_refusal_however_its_words_end",),
    ),
)

_BURST = (
    Break(
        "a slot counts from the sending, whenever the answer came",
        "fleets/budgets.lua",
        "local free_at = now - took + math.min(took, ON_ITS_WAY) + SECOND",
        "local free_at = now - took + SECOND",
        (f"{_BUDGETS}::test_a_second_begins_when_a_request_has_reached_the_cloud",),
    ),
    Break(
        "a slot without an answer is free a second after the sending",
        "fleets/budgets.lua",
        "  occupy(slot, now + SECOND + ON_ITS_WAY)\n  return answer('go')",
        "  occupy(slot, now + SECOND)\n  return answer('go')",
        (f"{_BUDGETS}::test_a_second_begins_when_a_request_has_reached_the_cloud",),
    ),
    Break(
        "a slot counts from the answer, however late",
        "fleets/budgets.lua",
        "math.min(took, ON_ITS_WAY)",
        "took",
        (f"{_BUDGETS}::test_an_answer_that_comes_late_takes_no_slot_anew",),
    ),
    Break(
        "a second is half as long",
        "fleets/budgets.lua",
        "local SECOND = 1.02 ",
        "local SECOND = 0.51 ",
        (f"{_BUDGETS}::test_quick_and_slow_answers_mixed_are_not_above_the_burst_in_any_second",),
    ),
)

_BULK_ASKS = """\
    who = who_may(bulk.fleet_id, Right.SEND_MANY) & who_may_send(bulk.fleet_id, bulk.remote_type)
    return who.filter(pk=bulk.user_id).exists()
"""
_SCHEDULE_ASKS = """\
    who = who_may(schedule.fleet_id, Right.CHANGE_SCHEDULES) & who_may_send(schedule.fleet_id, schedule.remote_type)
    return who.filter(pk=schedule.user_id).exists()
"""

_RIGHTS = (
    Break(
        "who manages any fleet may command this one",
        "fleets/access.py",
        "return lasting().filter(user_id=user.pk or 0, fleet=fleet_id).first()",
        "return lasting().filter(user_id=user.pk or 0).order_by('role').first()",
        (f"{_MEANWHILE}::test_nobody_approves_or_decides_for_a_fleet_with_the_rights_of_another",),
    ),
    Break(
        "who looks at any fleet may not command this one",
        "fleets/access.py",
        "return lasting().filter(user_id=user.pk or 0, fleet=fleet_id).first()",
        "return lasting().filter(user_id=user.pk or 0).order_by('-role').first()",
        (f"{_MEANWHILE}::test_whoever_only_looks_at_another_fleet_approves_and_decides",),
    ),
    Break(
        "the first membership that is found decides",
        "fleets/access.py",
        "return lasting().filter(user_id=user.pk or 0, fleet=fleet_id).first()",
        "return lasting().filter(user_id=user.pk or 0).order_by('pk').first()",
        (f"{_MEANWHILE}::test_nobody_approves_or_decides_for_a_fleet_with_the_rights_of_another",),
    ),
    Break(
        "a page finds the membership of another fleet",
        "fleets/access.py",
        "found = rows.filter(user_id=user.pk or 0, fleet__public_id=fleet_id).first()",
        "found = rows.filter(user_id=user.pk or 0).order_by('pk').first()",
        (_PAGES,),
    ),
    Break(
        "a sending asks for the right in any fleet",
        "fleets/access.py",
        "ON membership.user_id = sender.id AND membership.fleet_id = action.fleet_id\n",
        "ON membership.user_id = sender.id\n",
        (_MEANWHILE,),
    ),
    Break(
        "a sending asks whether anybody manages the fleet",
        "fleets/access.py",
        "ON membership.user_id = sender.id AND membership.fleet_id = action.fleet_id\n",
        "ON membership.fleet_id = action.fleet_id\n",
        (_MEANWHILE,),
    ),
    Break(
        "a sending lets viewers send",
        "fleets/access.py",
        "action.remote_type = ANY(CASE membership.role {_types_by_role()} END)\n",
        "membership.id IS NOT NULL\n",
        (_MEANWHILE,),
    ),
    Break(
        "a sending goes out for a person who is deactivated",
        "fleets/access.py",
        "WHERE sender.id = action.user_id AND sender.is_active AND (\n",
        "WHERE sender.id = action.user_id AND (\n",
        (_MEANWHILE,),
    ),
    Break(
        "a sending goes out for a service that has lost the fleet and has another",
        "remotes/checks/cases.py",
        "WHERE allowed.apiclient_id = client.id AND allowed.fleet_id = action.fleet_id\n",
        "WHERE allowed.apiclient_id = client.id\n",
        (_MEANWHILE,),
    ),
    Break(
        "a sending goes out for a service that was ended",
        "remotes/checks/cases.py",
        "client.id = action.api_client_id AND client.active AND EXISTS (",
        "client.id = action.api_client_id AND EXISTS (",
        (_MEANWHILE,),
    ),
    Break(
        "a sending goes out for a service that may not send the type any more",
        "remotes/checks/checks.py",
        "    if not client.may_send(action.remote_type):\n",
        "    if False:\n",
        (_MEANWHILE,),
    ),
    Break(
        "a sending goes out for a person who is deleted",
        "remotes/checks/checks.py",
        "elif action.user_id is not None or action.origin in _OF_PEOPLE:",
        "elif action.user_id is not None:",
        (_MEANWHILE,),
    ),
    Break(
        "a sending goes out for a service that is deleted",
        "remotes/apps.py",
        "        pre_delete.connect(end_unsent, sender=ApiClient)\n",
        "",
        (_MEANWHILE,),
    ),
    Break(
        "a bulk command asks for the right in any fleet",
        "campaigns/bulk/running.py",
        _BULK_ASKS,
        "    return bulk.user.memberships.filter(role='manager', user__is_active=True).exists()\n",
        (_MEANWHILE,),
    ),
    Break(
        "a bulk command goes on for a person who is deactivated",
        "campaigns/bulk/running.py",
        _BULK_ASKS,
        "    return bulk.user.memberships.filter(fleet=bulk.fleet_id, role='manager').exists()\n",
        (_MEANWHILE,),
    ),
    Break(
        "a bulk command asks whether anybody manages the fleet",
        "campaigns/bulk/running.py",
        "return who.filter(pk=bulk.user_id).exists()",
        "return who.exists()",
        (_MEANWHILE,),
    ),
    Break(
        "a bulk command goes on for a person who only looks at the fleet",
        "campaigns/bulk/running.py",
        _BULK_ASKS,
        "    return bulk.user.memberships.filter(fleet=bulk.fleet_id, user__is_active=True).exists()\n",
        (_MEANWHILE,),
    ),
    Break(
        "a viewer has a manager's rights",
        "fleets/rights.py",
        '"viewer": Role(_VIEWER),',
        '"viewer": Role(frozenset(Right), _EVERY_TYPE),',
        (_PAGES,),
    ),
    Break(
        "a view of what belongs to a fleet asks for no right",
        "console/rights.py",
        "    cast(Any, found).fleet = fleet\n    check(request, fleet, right)\n",
        "    cast(Any, found).fleet = fleet\n",
        ("tests/rights",),
    ),
    Break(
        "a view of a fleet asks for no right",
        "console/rights.py",
        "    check(request, fleet, right)\n    return fleet\n",
        "    return fleet\n",
        ("tests/rights",),
    ),
    Break(
        "a schedule asks for the right in any fleet",
        "campaigns/schedules/running.py",
        _SCHEDULE_ASKS,
        "    return schedule.user.memberships.filter(role='manager', user__is_active=True).exists()\n",
        (_MEANWHILE,),
    ),
    Break(
        "a schedule asks whether anybody manages the fleet",
        "campaigns/schedules/running.py",
        "return who.filter(pk=schedule.user_id).exists()",
        "return who.exists()",
        (_MEANWHILE,),
    ),
    Break(
        "a schedule runs for a person who is deactivated",
        "campaigns/schedules/running.py",
        _SCHEDULE_ASKS,
        "    return schedule.user.memberships.filter(fleet=schedule.fleet_id, role='manager').exists()\n",
        (_MEANWHILE,),
    ),
    Break(
        "an approval is for all that wait",
        "remotes/checks/approvals.py",
        "        let_go(locked, now)\n        locked.set(approved_by=user)\n",
        "        for each in RemoteAction.objects.filter(vehicle_id=locked.vehicle_id, state=State.WAITING_APPROVAL):\n"
        "            let_go(each, now)\n"
        "            each.set(approved_by=user)\n",
        (f"{_MEANWHILE}::test_an_approval_is_of_the_action_that_was_approved",),
    ),
)

_TWO_GATEWAYS = (
    Break(
        "a notification moves the action of another gateway",
        "remotes/intake/ingest.py",
        "        ON action.gateway_id = given.gateway_id AND action.upstream_id = given.upstream_action_id\n",
        "        ON action.upstream_id = given.upstream_action_id\n",
        (f"{_GATEWAYS}::test_news_of_an_unknown_action_wait_though_the_other_gateway_has_one_of_this_id",),
    ),
    Break(
        "a notification is merged with what was read at another gateway",
        "remotes/intake/ingest.py",
        "    WHERE polled.gateway_id = event.gateway_id AND polled.upstream_action_id = event.upstream_action_id\n",
        "    WHERE polled.upstream_action_id = event.upstream_action_id\n",
        (f"{_GATEWAYS}::test_what_was_read_at_one_is_not_merged_with_what_the_other_tells",),
    ),
    Break(
        "a notification is left out since one of another gateway was merged",
        "remotes/intake/ingest.py",
        "        WHERE merged.gateway_id = event.gateway_id AND merged.upstream_action_id = event.upstream_action_id\n",
        "        WHERE merged.upstream_action_id = event.upstream_action_id\n",
        (f"{_GATEWAYS}::test_a_notification_stands_beside_one_that_was_merged_elsewhere",),
    ),
    Break(
        "an action adopts the orphans of another gateway",
        "remotes/life/adoption.py",
        "RemoteEvent.objects.filter(action=None, gateway_id=action.gateway_id)",
        "RemoteEvent.objects.filter(action=None)",
        (f"{_GATEWAYS}::test_orphans_go_to_the_action_at_their_own_gateway",),
    ),
    Break(
        "a look-up goes under the fleet's id at another gateway",
        "remotes/sending/looking_up.py",
        "UpstreamFleet.objects.get(fleet_id=action.fleet_id, gateway_id=action.gateway_id)",
        "UpstreamFleet.objects.get(fleet_id=action.fleet_id)",
        (f"{_GATEWAYS}::test_both_are_asked_for_and_each_answer_is_its_own",),
    ),
    Break(
        "what is read at one gateway counts as known at another",
        "remotes/life/endings.py",
        """    event, is_new = RemoteEvent.objects.get_or_create(
        gateway_id=action.gateway_id,
        upstream_action_id=report.remote_action_id,
        type=event_type,
        status=status,
        failure_cause=report.failure_cause,
        event_date=None,
        defaults={
""",
        """    event, is_new = RemoteEvent.objects.get_or_create(
        upstream_action_id=report.remote_action_id,
        type=event_type,
        status=status,
        failure_cause=report.failure_cause,
        event_date=None,
        defaults={
            "gateway_id": action.gateway_id,
""",
        (f"{_GATEWAYS}::test_both_are_asked_for_and_each_answer_is_its_own",),
    ),
    Break(
        "an action is sent under the callback of another gateway",
        "remotes/checks/cases.py",
        "    ON upstream.fleet_id = action.fleet_id AND upstream.gateway_id = action.gateway_id\n",
        "    ON upstream.fleet_id = action.fleet_id\n",
        (f"{_GATEWAYS}::test_an_action_goes_under_the_callback_that_its_gateway_gave_us",),
    ),
    Break(
        "a secret opens every webhook",
        "remotes/intake/webhook.py",
        'hmac.compare_digest(shown.in_header, b"Bearer " + secrets.in_header)',
        "any(shown.in_header == b'Bearer ' + row.webhook_secret.encode() for row in UpstreamFleet.objects.all())",
        (f"{_GATEWAYS}::test_a_secret_opens_the_webhook_of_its_own_gateway_only",),
    ),
    Break(
        "gateways share their budget",
        "fleets/budgets.py",
        'return f"budget:{gateway_id}:{name}"',
        'return f"budget:all:{name}"',
        (f"{_GATEWAYS}::test_what_one_gateway_takes_a_second_holds_nothing_back_at_the_other",),
    ),
    Break(
        "gateways share their failures",
        "remotes/gate/recent.py",
        "return f\"outcomes:{gateway_id}:{'sent' if is_send else 'read'}\"",
        "return f\"outcomes:{'sent' if is_send else 'read'}\"",
        (f"{_GATEWAYS}::test_a_gateway_that_fails_closes_only_itself",),
    ),
    Break(
        "a sync takes a fleet of another gateway for its own",
        "fleets/sync/storing.py",
        "for row in UpstreamFleet.objects.filter(gateway=gateway)}",
        "for row in UpstreamFleet.objects.all()}",
        ("tests/fleets/test_sync.py::test_two_gateways_with_the_same_ids_are_kept_apart",),
    ),
    Break(
        "a sync takes an id for taken that another gateway gave",
        "fleets/sync/plan.py",
        "{v.upstream_id: v.vin for v in by_vin.values() if v.gateway_id == places.gateway_id}",
        "{v.upstream_id: v.vin for v in by_vin.values()}",
        ("tests/fleets/test_sync.py::test_an_id_that_is_taken_at_another_gateway_is_free_here",),
    ),
)

_TWO_OF_A_FLEET = (
    Break(
        "an idempotency key is everybody's",
        "api/rest/idempotency.py",
        "RemoteAction.objects.filter(api_client=client, idempotency_key=idempotency.key)",
        "RemoteAction.objects.filter(idempotency_key=idempotency.key)",
        (f"{_TWINS}::test_an_idempotency_key_is_its_clients_own",),
    ),
    Break(
        "an idempotency key holds at any address",
        "api/rest/idempotency.py",
        "json.dumps([request.path, request.data], sort_keys=True)",
        "json.dumps([request.data], sort_keys=True)",
        (f"{_TWINS}::test_an_idempotency_key_is_for_one_address",),
    ),
    Break(
        "an action is found under another vehicle",
        "api/v3/remotes.py",
        "action = RemoteAction.objects.filter(callback=callback, vehicle=vehicle, public_id=rid).first()",
        "action = RemoteAction.objects.filter(callback=callback, public_id=rid).first()",
        (f"{_TWINS}::test_an_action_is_found_under_its_own_vehicle_and_callback_only",),
    ),
    Break(
        "an action is found under another callback",
        "api/v3/remotes.py",
        "action = RemoteAction.objects.filter(callback=callback, vehicle=vehicle, public_id=rid).first()",
        "action = RemoteAction.objects.filter(vehicle=vehicle, public_id=rid).first()",
        (f"{_TWINS}::test_an_action_is_found_under_its_own_vehicle_and_callback_only",),
    ),
    Break(
        "a vehicle's actions are listed under every callback",
        "api/v3/remotes.py",
        "rows = RemoteAction.objects.filter(callback=callback, vehicle=vehicle)\n",
        "rows = RemoteAction.objects.filter(vehicle=vehicle)\n",
        (f"{_TWINS}::test_an_action_is_found_under_its_own_vehicle_and_callback_only",),
    ),
    Break(
        "clients share their limits",
        "api/rest/limits.py",
        'return f"limit:{caller.pk}:{unit}:{number}"',
        'return f"limit:{caller.name}:{unit}:{number}"',
        (f"{_TWINS}::test_the_limits_of_a_client_are_its_own",),
    ),
    Break(
        "a client is known by its user name",
        "fleets/programs/secrets.py",
        "WHERE client.client_id = %(client_id)s AND client.active",
        "WHERE client.username = (SELECT username FROM fleets_apiclient WHERE client_id = %(client_id)s)"
        " AND client.active",
        (f"{_TWINS}::test_the_password_of_one_client_opens_nothing_under_the_id_of_the_other",),
    ),
    Break(
        "a batch is read under another callback",
        "api/v3/deliveries.py",
        ".filter(callback=callback, pk=read_batch_id(bid)).first()",
        ".filter(callback__fleet=callback.fleet, pk=read_batch_id(bid)).first()",
        (f"{_TWINS}::test_the_batches_of_one_callback_are_not_the_others",),
    ),
    Break(
        "attempts of all callbacks are listed",
        "api/v3/deliveries.py",
        "rows = Attempt.objects.filter(callback=callback).filter(",
        "rows = Attempt.objects.filter(callback__fleet=callback.fleet).filter(",
        (f"{_TWINS}::test_the_batches_of_one_callback_are_not_the_others",),
    ),
    Break(
        "a replay is of the whole fleet",
        "callbacks/replay.py",
        "rows = Batch.objects.filter(callback=callback, formed_at__gte=since)",
        "rows = Batch.objects.filter(callback__fleet=callback.fleet, formed_at__gte=since)",
        (f"{_TWINS}::test_the_batches_of_one_callback_are_not_the_others",),
    ),
    Break(
        "two charging programs share a slot",
        "protocol/payloads.py",
        'programs={"type": "array", "uniqueBy": "slot", "items": _CHARGING_PROGRAM},',
        'programs={"type": "array", "items": _CHARGING_PROGRAM},',
        (f"{_TWINS}::test_two_charging_programs_do_not_share_a_slot",),
    ),
    Break(
        "two programs of the cabin share a slot",
        "protocol/payloads.py",
        '                "uniqueBy": "slot",\n                "items": PRECONDITIONING_PROGRAM,\n',
        '                "items": PRECONDITIONING_PROGRAM,\n',
        (f"{_TWINS}::test_two_programs_of_the_cabin_do_not_share_a_slot",),
    ),
    Break(
        "only neighbours are compared",
        "protocol/schema.py",
        "        seen.append(value)\n",
        "        seen = [value]\n",
        (f"{_TWINS}::test_two_charging_programs_do_not_share_a_slot",),
    ),
    Break(
        "programs without a slot count as the same",
        "protocol/schema.py",
        "if value is not None and value in seen:",
        "if value in seen:",
        (f"{_TWINS}::test_charging_programs_of_different_slots_and_of_none_are_taken",),
    ),
)

_CANARIES = (
    Break(
        "a cancelled canary may still succeed",
        "campaigns/bulk/rules.py",
        "can_succeed = size - counts.failed - counts.cancelled",
        "can_succeed = size - counts.failed",
        ("tests/campaigns/test_bulk_running.py::test_when_the_first_are_all_cancelled_the_others_are_left_alone",),
    ),
    Break(
        "a cancelled canary counts as a success",
        "campaigns/bulk/rules.py",
        "if counts.succeeded * 100 >= care.canary_share * size:",
        "if (counts.succeeded + counts.cancelled) * 100 >= care.canary_share * size:",
        ("tests/campaigns/test_bulk_running.py::test_when_the_first_are_all_cancelled_the_others_are_left_alone",),
    ),
    Break(
        "another is asked in place of a cancelled canary",
        "campaigns/bulk/rules.py",
        "return self.asked + self.succeeded + self.failed + self.cancelled\n",
        "return self.asked + self.succeeded + self.failed\n",
        ("tests/campaigns/test_bulk_running.py::test_a_cancelled_one_of_the_first_is_no_success",),
    ),
)

BREAKS: tuple[Break, ...] = (
    *_GATEWAY_HTTP,
    *_DELIVERY,
    *_RETRY_AFTER,
    *_BOUNDS,
    *_BURST,
    *_RIGHTS,
    *_TWO_GATEWAYS,
    *_TWO_OF_A_FLEET,
    *_CANARIES,
)
