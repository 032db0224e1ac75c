"""Breaks of promises that README.md and the pages of docs/ make, each in one place of the code."""

from tests.breaks.kept import Break

_CALLBACKS = (
    Break(
        "callbacks: 410 pauses at once",
        "callbacks/delivery/recovery.py",
        "        if _lock(callback) != Status.PAUSED:\n",
        "        if False:\n",
        ("tests/callbacks/delivery/test_retries.py::test_410_pauses_the_callback_and_keeps_what_comes",),
    ),
    Break(
        "callbacks: the next try that is told is not in the past, nor before one it waits for",
        "callbacks/delivery/upcoming.py",
        "max([due_at, now, *(after[key] for key in keys if key in after)])",
        "due_at",
        ("tests/callbacks/delivery/test_upcoming.py",),
    ),
    Break(
        "callbacks: a probe waits as long as the subscriber asks",
        "callbacks/delivery/recovery.py",
        "    if retry_after is not None:",
        "    if retry_after is None and retry_after:",
        ("tests/callbacks/delivery/test_failed.py::test_a_probe_waits_as_long_as_the_subscriber_asks",),
    ),
    Break(
        "a connection that was cut is not used again",
        "fleets/storage/sql.py",
        "    connection.close_if_health_check_failed()\n",
        "",
        ("tests/fleets/storage/test_away.py::test_a_cut_connection_costs_the_next_request_nothing",),
    ),
    Break(
        "a database that refuses a statement is not away",
        "fleets/storage/away.py",
        "    return state in _AWAY or state.startswith(_CONNECTION_CLASS)\n",
        "    return True\n",
        ("tests/fleets/storage/test_away.py::test_anything_else_is_a_fault",),
    ),
    Break(
        "dispatch: a host whose clock is off sends nothing",
        "fleets/storage/clock.py",
        "abs(_reading.ahead) > LARGEST else None",
        "abs(_reading.ahead) > LARGEST * 10**6 else None",
        ("tests/remotes/sending/test_host_clock.py",),
    ),
    Break(
        "dispatch: the database's clock decides about times to live",
        "fleets/storage/clock.py",
        "else host + _reading.ahead",
        "else host",
        ("tests/remotes/sending/test_host_clock.py::test_a_time_to_live_is_the_databases",),
    ),
    Break(
        "callbacks: Retry-After never hurries a try",
        "callbacks/delivery/policy.py",
        "wait = max(self.delay, min(retry_after or self.delay, LIFE))",
        "wait = min(retry_after or self.delay, LIFE)",
        ("tests/callbacks/delivery/test_retries.py::test_otherwise_the_policy_says_when",),
    ),
    Break(
        "callbacks: a second rotation ends the oldest secret at once",
        "callbacks/models/callback.py",
        "self.previous_secret, self.previous_secret_until = self.secret, now + ROTATION",
        "self.previous_secret, self.previous_secret_until = self.previous_secret or self.secret, now + ROTATION",
        ("tests/api/test_callback_deliveries.py::test_a_second_rotation_ends_the_oldest_secret_at_once",),
    ),
    Break(
        "callbacks: $vin in a header or the query means one event a request",
        "protocol/canonical/attributes.py",
        'attribute["type"] != "Body" and _SPELLINGS',
        'attribute["type"] == "Header" and _SPELLINGS',
        ("tests/protocol/test_attributes.py::test_a_header_or_query_of_one_vehicle_or_type_means_no_batches",),
    ),
    Break(
        "callbacks: what is paused is kept for 3 days only",
        "callbacks/delivery/sweep.py",
        "    _expire_unformed(now)\n",
        "",
        ("tests/callbacks/delivery/test_expiry.py::test_what_came_while_paused_is_kept_for_three_days",),
    ),
    Break(
        "settings: what still waits is not deleted after DELIVERY_DAYS",
        "callbacks/delivery/sweep.py",
        "over = ~Q(state__in=WAITING_STATES) & (",
        "over = Q() & (",
        ("tests/callbacks/delivery/test_expiry.py::test_old_attempts_and_batches_are_deleted_slice_by_slice",),
    ),
)

_ALERTS = (
    Break(
        "alerts: viewers get no e-mail until they choose",
        "alerts/choices.py",
        "return CHOOSABLE if member.may(Right.CHANGE_ALERTS) else ()",
        "return CHOOSABLE",
        ("tests/alerts/test_telling.py::test_everybody_gets_what_they_have_chosen",),
    ),
    Break(
        "alerts: one e-mail a person and minute",
        "alerts/mails.py",
        "PAUSE = timedelta(minutes=1)",
        "PAUSE = timedelta(seconds=1)",
        ("tests/alerts/test_mails.py::test_what_comes_within_a_minute_goes_in_one_mail",),
    ),
    Break(
        "alerts: what was over before anybody was told stays untold",
        "alerts/rhythm.py",
        "    if alert.told != Told.RAISED or alert.told_at is None:\n        return None\n    return alert.cleared_at",
        "    if alert.told_at is None:\n        return alert.cleared_at\n    return alert.cleared_at",
        ("tests/alerts/test_telling.py::test_what_is_over_before_anybody_was_told_is_not_told",),
    ),
    Break(
        "alerts: a webhook is not told of its own failure",
        "alerts/choices.py",
        "for row in rows.exclude(public_id=alert.key) if",
        "for row in rows if",
        ("tests/alerts/test_webhooks.py::test_a_webhook_is_not_told_of_its_own_failure",),
    ),
    Break(
        "alerts: a cancelled dangerous action raises none",
        "alerts/causes/actions.py",
        " or action.state == State.CANCELLED:\n",
        ":\n",
        ("tests/alerts/test_causes.py::test_nobody_is_told_of_what_needs_nobody",),
    ),
    Break(
        "alerts: mails that the server does not take are given up after 3 days",
        "alerts/mails.py",
        "    if now - mail.formed_at > LIFE:\n",
        "    if False:\n",
        ("tests/alerts/test_mails.py::test_after_three_days_a_mail_is_no_news_any_more",),
    ),
)

_AUDIT = (
    Break(
        "audit: a request is on record before it is sent",
        "remotes/sending/claiming.py",
        "    audit.about_to_send(action, prepared.exchange)\n",
        "",
        ("tests/remotes/sending/test_on_record.py",),
    ),
    Break(
        "audit: an entry whose name was changed is found",
        "fleets/audit/sealing.py",
        '        "who": entry.who,\n',
        "",
        ("tests/fleets/test_audit.py::test_a_changed_entry_is_found",),
    ),
    Break(
        "audit: the reason of a client is kept",
        "remotes/asking/ask.py",
        'wishes.reason or remote.label or ""',
        'remote.label or ""',
        ("tests/api/test_wishes.py",),
    ),
    Break(
        "audit: the length of a longer body is told",
        "fleets/audit/entries.py",
        "exchange.response_length",
        "len(exchange.response_body)",
        ("tests/remotes/test_audit.py::test_a_long_answer_is_kept_in_part_with_the_length_of_the_whole",),
    ),
    Break(
        "audit: of what is secret it is told only that it changed",
        "fleets/audit/changes.py",
        "        if self.is_hidden(name):\n",
        "        if False:\n",
        ("tests/fleets/audit/test_changes.py::test_no_secret_of_an_account_is_told",),
    ),
    Break(
        "audit: failed log-ins never fill it",
        "fleets/audit/entering.py",
        " or len(self._seen) >= MOST_FAILED",
        "",
        ("tests/console/audit/test_doors.py::test_failed_log_ins_never_fill_the_audit",),
    ),
    Break(
        "audit: a client's look is told once a day",
        "fleets/audit/once.py",
        "WHERE NOT EXISTS (",
        "WHERE TRUE OR NOT EXISTS (",
        ("tests/api/test_audit_doors.py::test_a_position_is_told_once_a_day_by_one_statement",),
    ),
    Break(
        "audit: what was taken away is told also where it broke off",
        "console/exports.py",
        "    finally:\n",
        "    except ZeroDivisionError:\n",
        ("tests/console/audit/test_doors.py::test_a_list_that_is_broken_off_is_told_as_far_as_it_went",),
    ),
    Break(
        "audit: that of another fleet is not read",
        "console/audit/views.py",
        "AuditEntry.objects.filter(fleet=fleet)",
        "AuditEntry.objects.all()",
        ("tests/console/audit/test_search.py::test_managers_and_auditors_read_it_viewers_and_others_do_not",),
    ),
)

_SCHEDULES = (
    Break(
        "schedules: of several missed times only the last is sent",
        "campaigns/schedules/running.py",
        "    return following is not None and following.at <= now\n",
        "    return False\n",
        ("tests/campaigns/test_schedules.py",),
    ),
    Break(
        "schedules: 5 minutes late is missed",
        "campaigns/schedules/running.py",
        "GRACE = timedelta(minutes=5)",
        "GRACE = timedelta(minutes=10)",
        ("tests/campaigns/test_schedules.py",),
    ),
    Break(
        "schedules: a time that is shown twice runs the first time",
        "campaigns/schedules/timing.py",
        "local = datetime.combine(day, at.replace(fold=0), tzinfo=zone)",
        "local = datetime.combine(day, at.replace(fold=1), tzinfo=zone)",
        ("tests/campaigns/test_schedules_timing.py",),
    ),
    Break(
        "schedules: times during a pause are past",
        "campaigns/schedules/changes.py",
        "locked.set(state=State.PAUSED, next_run_at=None, next_day=None)",
        "locked.set(state=State.PAUSED)",
        ("tests/campaigns/test_schedules.py",),
    ),
)

_DISPATCH = (
    Break(
        "dispatch: the kill switch holds at the very moment of sending",
        "remotes/sending/last_look.py",
        "    if stopped is not None:\n        return NotAccepted(kill_switch.why_stopped(stopped))\n",
        "",
        ("tests/remotes/sending/test_on_record.py",),
    ),
    Break(
        "dispatch: Retry-After holds for 15 minutes at the most",
        "gateways/rate_headers.py",
        "return min(told, LONGEST_PAUSE)",
        "return told",
        ("tests/fleets/test_budgets.py::test_headers",),
    ),
    Break(
        "dispatch: a gateway has at most half of a worker",
        "fleets/room.py",
        "max(1.0, (self.threads - others) / 2)",
        "self.threads",
        ("tests/fleets/test_room.py",),
    ),
    Break(
        "reading: a thread stays free",
        "fleets/room.py",
        "if job.spare and self.threads and own + others + 1 >= max(2, self.threads):",
        "if False:",
        ("tests/fleets/test_room.py::test_what_is_spare_leaves_a_thread_free_and_does_not_wait",),
    ),
    Break(
        "reading: half of each second is left to actions",
        "fleets/budgets.lua",
        "if limit and free() <= limit / 2 then",
        "if limit and free() < 1 then",
        (
            "tests/fleets/test_budgets.py::test_regular_reading_leaves_half_of_each_second_and_goes_when_no_action_waits",
        ),
    ),
    Break(
        "reading: what is known of later stays",
        "fleets/vehicles/merging.py",
        "return (self.told or LONG_AGO) >= (self.kept or LONG_AGO)",
        "return True",
        ("tests/remotes/reading/test_reading.py::test_what_is_known_of_later_stays",),
    ),
    Break(
        "reading: what fails is asked for more and more seldom",
        "remotes/reading/keeping.py",
        "given.first_retry * power(2, vehicle.state_failures)",
        "given.first_retry",
        (
            "tests/remotes/reading/test_reading.py::test_what_fails_is_asked_for_more_and_more_seldom_and_what_was_read_stays",
        ),
    ),
    Break(
        "dispatch: what finds no room is done later",
        "fleets/room.py",
        "            if not job.spare:\n                self._waiting",
        "            if job.spare:\n                self._waiting",
        ("tests/fleets/test_room.py::test_what_waits_is_done_by_whoever_is_done_urgent_first_and_once",),
    ),
    Break(
        "dispatch: a worker knows how many threads it has",
        "fleetremote/celery.py",
        "    ROOM.threads = instance.concurrency\n",
        "    pass\n",
        ("tests/faults/test_neighbours.py",),
    ),
    Break(
        "dispatch: one probe at a time",
        "remotes/gate/gateway_health.py",
        "state=known.health.state, probe_at=known.health.probe_at)",
        "state=known.health.state)",
        ("tests/remotes/gate/test_gate.py::test_one_probe_at_a_time_finds_out_and_an_acceptance_opens_it_at_once",),
    ),
    Break(
        "dispatch: checks of callbacks use a twentieth of the day",
        "remotes/sending/sweep.py",
        "CHECKS_SHARE = 0.05",
        "CHECKS_SHARE = 0.5",
        ("tests/remotes/gate/test_gate.py::test_checks_of_our_callbacks_use_a_twentieth_of_the_day",),
    ),
    Break(
        "dispatch: changed credentials are probed at once",
        "remotes/gate/gateway_health.py",
        "row.state == State.REFUSED and self.settings_at > row.probed_at",
        "False",
        ("tests/remotes/gate/test_gate.py::test_refused_credentials_are_not_hammered_until_they_are_changed",),
    ),
    Break(
        "dispatch: only the API itself ends an action as one that lacks rights",
        "remotes/sending/finishing.py",
        "    if error.source is not Source.API:\n",
        "    if False:\n",
        (
            "tests/remotes/sending/test_not_let_in.py"
            "::test_one_that_is_not_let_in_to_the_end_says_so_and_not_that_the_vehicle_lacks_rights",
        ),
    ),
    Break(
        "dispatch: a proxy's 404 says nothing of what is there",
        "gateways/http.py",
        "            if refused.source is not Source.API:\n",
        "            if False:\n",
        (
            "tests/remotes/sending/test_not_let_in.py"
            "::test_a_proxy_that_finds_nothing_does_not_say_that_our_callback_is_gone",
        ),
    ),
    Break(
        "dispatch: refused readings close a gateway no more that takes actions",
        "remotes/gate/gate.py",
        "and recent.is_sent_all_the_same(gateway.pk)",
        "and False",
        (
            "tests/remotes/sending/test_not_let_in.py"
            "::test_a_gateway_that_only_refuses_to_be_read_takes_actions_all_the_same",
        ),
    ),
    Break(
        "dispatch: what dislikes one request closes nothing",
        "remotes/gate/circuit.py",
        "BLOCKED = 2",
        "BLOCKED = 1",
        (
            "tests/remotes/sending/test_not_let_in.py"
            "::test_a_firewall_that_dislikes_one_request_closes_nothing_for_the_others",
        ),
    ),
    Break(
        "dispatch: one single 401 closes nothing",
        "remotes/gate/circuit.py",
        "REFUSALS = 2",
        "REFUSALS = 1",
        ("tests/remotes/gate/test_gate.py::test_one_single_refusal_is_asked_again_at_once_and_closes_nothing",),
    ),
    Break(
        "architecture: what hears nothing polls the rows",
        "fleetremote/pulse/worker.py",
        "        if heart.is_silent:\n",
        "        if heart.is_deaf:\n",
        ("tests/pulse/test_heart.py::test_one_that_hears_nothing_polls_until_it_does",),
    ),
    Break(
        "architecture: where Redis takes nothing, nobody ends",
        "fleetremote/pulse/heart.py",
        "        if not is_taken:\n            self._asked = None\n        elif",
        "        if",
        ("tests/pulse/test_heart.py::test_while_redis_takes_nothing_it_polls_and_does_not_end",),
    ),
    Break(
        "architecture: what stands still is started again",
        "launcher/supervisor.py",
        "    return now - service.sign_seen > STILL_SECONDS",
        "    return False",
        ("tests/launcher/test_supervisor.py::test_one_that_stands_still_is_killed_and_started_again_and_that_is_said",),
    ),
    Break(
        "dispatch: urgent actions may probe",
        "remotes/gate/gateway_health.py",
        " or (urgent and row.probed_at + URGENT_PROBE <= now)",
        "",
        (
            "tests/remotes/gate/test_gate.py"
            "::test_while_a_gateway_is_closed_an_urgent_action_need_not_wait_for_the_next_probe",
        ),
    ),
    Break(
        "dispatch: what waits for the next waking is not sent before",
        "remotes/sending/choosing.py",
        "if not wake_ledger.waits_for_waking(case.action, now)]",
        "]",
        ("tests/remotes/checks/test_wake_ledger.py::test_send_when_awake_waits_and_lets_the_others_pass",),
    ),
)

_API = (
    Break(
        "api: timeToLive is a day at most",
        "api/rest/wishes.py",
        "<= duration <= LONGEST_LIFE:",
        "<= duration:",
        ("tests/api/test_wishes.py",),
    ),
    Break(
        "api: a refused request does not count in the day",
        "api/rest/limits.py",
        "if burst > tonumber(ARGV[1]) then\n    refused = 'burst'\n",
        "if burst > tonumber(ARGV[1]) then\n    refused = 'burst'\n    redis.call('INCR', KEYS[2])\n",
        ("tests/api/test_v3.py::test_a_refused_request_does_not_count_in_the_day",),
    ),
    Break(
        "api: a callback with a pending action is not deleted",
        "api/v3/callbacks.py",
        "            if is_pending(callback):\n",
        "            if False:\n",
        ("tests/api/test_v3.py::test_a_callback_with_a_pending_action_is_not_deleted",),
    ),
    Break(
        "api: a token ends with its client's password",
        "api/rest/proofs.py",
        "    if over_at is not None and over_at <= now:\n",
        "    if False:\n",
        ("tests/api/v1/test_tokens.py::test_a_token_ends_at_once_with_what_it_was_given_for",),
    ),
    Break(
        "api: a remote action needs the scope of its type",
        "api/v1/remotes.py",
        "    _check_scope(request, remote.remote_type.name)\n    if not",
        "    if not",
        ("tests/api/v1/test_access.py::test_a_missing_scope_is_403_and_named",),
    ),
    Break(
        "api: a channel is its client's own",
        "api/v1/lookup.py",
        " AND channel.created_by_id = %(client)s",
        "",
        ("tests/api/v1/test_access.py::test_what_is_of_another_client_is_not_there",),
    ),
    Break(
        "api: alert webhooks are not listed and named by no action",
        "api/v3/lookup.py",
        " AND NOT callback.for_alerts\n",
        "\n",
        ("tests/api/test_alert_webhooks.py",),
    ),
)

_SETTINGS = (
    Break(
        "settings: raw bodies of notifications go after INBOUND_REQUEST_DAYS",
        "remotes/sending/sweep.py",
        "kept(settings.INBOUND_REQUEST_DAYS)",
        "kept(2 * settings.INBOUND_REQUEST_DAYS)",
        ("tests/remotes/test_prune.py",),
    ),
    Break(
        "settings: X-Forwarded-Proto is trusted with BEHIND_PROXY only",
        "fleetremote/settings.py",
        'if flag("BEHIND_PROXY") else None',
        "if True else None",
        ("tests/test_settings.py",),
    ),
    Break(
        "settings: NAME_FILE may name a file that holds the secret",
        "fleetremote/environment/given.py",
        'return Path(path).read_text(encoding="utf-8").strip()',
        'return Path(path).read_text(encoding="utf-8")',
        ("tests/test_settings.py",),
    ),
    Break(
        "settings: a missing one fails loudly",
        "fleetremote/environment/reading.py",
        '    raise ImproperlyConfigured(f"{name} is not set. Set it, or {name}_FILE, or run through script/manage.")\n',
        '    return ""\n',
        ("tests/test_settings.py",),
    ),
)

_LOOKING = "tests/remotes/sending/test_looking_up.py"
_ABSENCE = "remotes/sending/absence.py"

_LOOK_UPS = (
    Break(
        "look-ups: a list that is not whole proves nothing",
        _ABSENCE,
        "if not evidence.listing.is_whole or too_early",
        "if too_early",
        (f"{_LOOKING}::test_a_list_that_lies_has_nothing_sent_again_and_says_nothing_untrue",),
    ),
    Break(
        "look-ups: a list without labels is not whole",
        "gateways/http.py",
        "if report is None or report.label is None:",
        "if report is None:",
        (f"{_LOOKING}::test_a_list_that_lies_has_nothing_sent_again_and_says_nothing_untrue",),
    ),
    Break(
        "look-ups: a list has its time before it proves anything",
        _ABSENCE,
        "too_early = evidence.asked_at - evidence.sent_at < evidence.lag",
        "too_early = False",
        (f"{_LOOKING}::test_a_list_that_lags_has_its_time",),
    ),
    Break(
        "look-ups: what is known to be there must be shown",
        _ABSENCE,
        "_speaks_for_it(evidence) or missing(evidence):",
        "_speaks_for_it(evidence):",
        (f"{_LOOKING}::test_how_far_a_gateways_lists_lag_is_learnt_from_what_is_known_to_be_there",),
    ),
    Break(
        "look-ups: a list that shows nothing of ours proves nothing",
        _ABSENCE,
        "if evidence.listing.ids & evidence.known.keys() else",
        "if True else",
        (f"{_LOOKING}::test_a_vehicle_of_which_nothing_else_is_listed_proves_nothing",),
    ),
    Break(
        "look-ups: a notification that belongs to nothing else is evidence",
        _ABSENCE,
        "return evidence.was_notified or evidence.has_strangers",
        "return evidence.has_strangers",
        (f"{_LOOKING}::test_a_notification_that_belongs_to_nothing_else_is_evidence",),
    ),
    Break(
        "look-ups: an action in the list that nobody here knows is evidence",
        _ABSENCE,
        "return evidence.was_notified or evidence.has_strangers",
        "return evidence.was_notified",
        (f"{_LOOKING}::test_a_list_that_lies_has_nothing_sent_again_and_says_nothing_untrue",),
    ),
    Break(
        "look-ups: a late truth corrects an end that had none",
        "remotes/life/late_truth.py",
        "    if can_be_found and action.sent_at is not None and",
        "    if False and",
        (f"{_LOOKING}::test_what_ended_without_its_id_is_looked_for_and_corrected",),
    ),
    Break(
        "look-ups: a worker that stopped before it had a callback has sent nothing",
        "remotes/sending/claiming.py",
        "upstream.callback_id if upstream and is_ready else",
        "upstream.callback_id if upstream else",
        (f"{_LOOKING}::test_a_worker_that_stopped_before_it_had_a_callback_has_sent_nothing",),
    ),
)

_VEHICLES = (
    Break(
        "vehicles by hand: a vehicle that was changed meanwhile stops all",
        "fleets/labels/applying.py",
        "    if present != shown:\n",
        "    if False:\n",
        ("tests/fleets/labels/test_imports.py",),
    ),
    Break(
        "vehicles by hand: nobody says yes to an older comparison",
        "fleets/labels/imports.py",
        "if locked.checks != shown or locked.errors:",
        "if locked.errors:",
        ("tests/fleets/labels/test_imports.py",),
    ),
    Break(
        "vehicles by hand: another fleet is named to its own people only",
        "fleets/labels/comparing.py",
        "    if seen is None or fleet_id in seen:\n",
        "    if True:\n",
        ("tests/fleets/labels/test_imports.py",),
    ),
    Break(
        "left out: a list that breaks off takes nothing from the list",
        "fleets/sync/left_out.py",
        "key not in whys and (key in listed or _is_settled(key[0], reading))",
        "key not in whys",
        ("tests/fleets/test_left_out.py",),
    ),
    Break(
        "left out: who sees one fleet is told nothing of another",
        "fleets/sync/codes.py",
        "    return Why(_DISCREET[why.code]) if why.code in _DISCREET else why\n",
        "    return why\n",
        ("tests/console/test_labels.py",),
    ),
)

BREAKS: tuple[Break, ...] = (
    *(*_CALLBACKS, *_ALERTS, *_AUDIT, *_SCHEDULES, *_DISPATCH, *_LOOK_UPS, *_API, *_SETTINGS, *_VEHICLES),
)
