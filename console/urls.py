"""The pages for people."""

from django.contrib.auth.views import LogoutView
from django.urls import path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from console.accounts import passwords
from console.accounts import views as accounts
from console.alerts import views as alerts
from console.approvals import views as approvals
from console.audit import views as audit
from console.bulk import views as bulk
from console.bulk import views_acts as bulk_acts
from console.callbacks import views as callbacks
from console.callbacks import views_changes as changes
from console.clients import trusting
from console.clients import views as clients
from console.clients import views_acts as client_acts
from console.connections import calendar
from console.connections import views as connections
from console.connections import views_acts as connection_acts
from console.entrance import views as entrance
from console.explain.views import explain_action
from console.factors import views as factors
from console.factors import views_asking as factor_asking
from console.factors import views_taking as factor_taking
from console.fleet_map import views as fleet_map
from console.fleets import views as fleets
from console.frame import installed
from console.frame import views as frame
from console.labels import views as labels
from console.languages import script_words
from console.left_out import views as left_out
from console.overview import views as overview
from console.people import views as people
from console.people import views_accounts as account_acts
from console.people import views_acts as people_acts
from console.people import views_invited as invited
from console.places import views as places
from console.places import views_saved as saved_places
from console.roles import views as roles
from console.saved_commands import views as commands
from console.schedules import views as schedules
from console.schedules import views_acts as schedule_acts
from console.search import views as search
from console.sending import views as sending
from console.sign_on import views as sign_on
from console.stream import vehicle_stream
from console.vehicle import views as remotes
from console.vehicle import views_actions as actions
from console.vehicle import views_approval as approving
from console.vehicle import views_state as reading
from console.vehicle_list import views as vehicle_list
from console.vehicle_list import views_saved as saved_views

_VEHICLE = "fleets/<id:fleet_id>/vehicles/<id:vehicle_id>"
_ACTION = f"{_VEHICLE}/actions/<id:action_id>"
_SENDING = "fleets/<id:fleet_id>/sending"
_CALLBACKS = "fleets/<id:fleet_id>/callbacks"
_CALLBACK = f"{_CALLBACKS}/<id:callback_id>"
_BULKS = "fleets/<id:fleet_id>/bulk"
_BULK = f"{_BULKS}/<id:bulk_id>"
_MAP = "fleets/<id:fleet_id>/map"
_PLACES = "fleets/<id:fleet_id>/places"
_VIEWS = "fleets/<id:fleet_id>/views"
_VIEW = f"{_VIEWS}/<id:view_id>"
_SCHEDULES = "fleets/<id:fleet_id>/schedules"
_SCHEDULE = f"{_SCHEDULES}/<id:schedule_id>"
_COMMANDS = "fleets/<id:fleet_id>/commands"
_LABELS = "fleets/<id:fleet_id>/labels"
_ALERTS = "fleets/<id:fleet_id>/alerts"
_APPROVALS = "fleets/<id:fleet_id>/approvals"
_AUDIT = "fleets/<id:fleet_id>/audit"
_CONNECTION = "connections/<id:connection_id>"
_CLIENTS = "fleets/<id:fleet_id>/clients"
_CLIENT = "clients/<id:client_id>"
_PEOPLE = "fleets/<id:fleet_id>/people"
_MEMBER = f"{_PEOPLE}/<int:member_id>"
_INVITATION = "invitations/<id:invitation_id>"
_PERSON = "people/<int:person_id>"
_BATCH = f"{_CALLBACK}/notifications/<int:batch_id>"

urlpatterns = [
    path("login", entrance.Login.as_view(), name="login"),
    # As the library of accounts calls them.
    path("login", entrance.Login.as_view(), name="account_login"),
    path("logout", LogoutView.as_view(), name="account_logout"),
    path("login/second-factor", factor_asking.second_step, name="mfa_authenticate"),
    path("login/single-sign-on", sign_on.sign_on, name="sign-on"),
    path("login/single-sign-on/on", sign_on.onward, name="sign-on-onward"),
    path("login/single-sign-on/back", sign_on.callback, name="sign-on-callback"),
    path("login/typed", entrance.keep_typed, name="keep-typed"),
    path("logout", LogoutView.as_view(), name="logout"),
    path("account/second-factor", factors.second_factor, name="second-factor"),
    path("account/second-factor/app", factors.app, name="second-factor-app"),
    path("account/second-factor/passkey", factors.passkey, name="second-factor-passkey"),
    path("account/second-factor/codes", factors.recovery_codes, name="recovery-codes"),
    path("account/second-factor/<int:factor_id>/remove", factors.remove_factor, name="remove-factor"),
    path("account/again", factor_asking.ask_again, name="ask-again"),
    path("account/again/single-sign-on", sign_on.sign_on_again, name="sign-on-again"),
    path("people/<int:person_id>/second-factor", factor_taking.take_second_factor, name="take-second-factor"),
    path("password", passwords.forgotten_password, name="forgotten-password"),
    path("password/sent", passwords.forgotten_password_sent, name="forgotten-password-sent"),
    path("password/new", passwords.new_password, name="new-password"),
    path("password/<str:uidb64>/<str:token>", passwords.new_password_link, name="new-password-link"),
    path("account", accounts.account, name="account"),
    path("account/password", passwords.change_password, name="change-password"),
    path("account/address", accounts.change_address, name="change-address"),
    path("account/address/<str:token>", accounts.confirm_address, name="confirm-address"),
    path("account/sessions/end", accounts.end_other_sessions, name="end-other-sessions"),
    path("account/sessions/<int:visit_id>/end", accounts.end_one_session, name="end-session"),
    path("first-admin", entrance.first_admin, name="first-admin"),
    path("first-admin/<str:token>", entrance.first_admin_link, name="first-admin-link"),
    path("language", require_POST(set_language), name="choose-language"),
    path("words/<slug:language>-<slug:version>.js", script_words, name="script-words"),
    path("density", frame.choose_density, name="choose-density"),
    path("manifest.webmanifest", installed.manifest, name="manifest"),
    path("service-worker.js", installed.service_worker, name="service-worker"),
    path("offline", installed.offline, name="offline"),
    path("", fleets.fleets, name="fleets"),
    path("fleets/choices", frame.fleet_choices, name="fleet-choices"),
    path("search", search.search, name="search"),
    path("rights", roles.rights, name="rights"),
    path("fleets/<id:fleet_id>/rights", roles.fleet_rights, name="fleet-rights"),
    path("fleets/<id:fleet_id>", vehicle_list.vehicles, name="vehicles"),
    path("fleets/<id:fleet_id>/overview", overview.overview, name="overview"),
    path("fleets/<id:fleet_id>/overview/news", overview.overview_news, name="overview-news"),
    path("fleets/<id:fleet_id>/live", overview.fleet_stream, name="fleet-live"),
    path("fleets/<id:fleet_id>/actions", overview.actions, name="actions"),
    path("fleets/<id:fleet_id>/actions/news", overview.actions_news, name="actions-news"),
    path("fleets/<id:fleet_id>/actions.csv", overview.action_table, name="action-table"),
    path(_MAP, fleet_map.fleet_map, name="fleet-map"),
    path(f"{_MAP}/news", fleet_map.map_news, name="fleet-map-news"),
    path(f"{_MAP}/positions", fleet_map.map_positions, name="fleet-map-positions"),
    path(f"{_MAP}/chosen", fleet_map.map_chosen, name="fleet-map-chosen"),
    path("map", fleet_map.fleet_map, name="map-of-all"),
    path("map/news", fleet_map.map_news, name="map-of-all-news"),
    path("map/positions", fleet_map.map_positions, name="map-of-all-positions"),
    path("map/chosen", fleet_map.map_chosen, name="map-of-all-chosen"),
    path("fleets/<id:fleet_id>/wake-ups", overview.wake_ups, name="wake-ups"),
    path("fleets/<id:fleet_id>/vehicles.csv", vehicle_list.vehicle_table, name="vehicle-table"),
    path(f"{_VIEWS}/new", saved_views.new_view, name="new-view"),
    path(_VIEW, saved_views.edit_view, name="edit-view"),
    path(f"{_VIEW}/query", saved_views.change_view, name="change-view"),
    path(f"{_VIEW}/delete", saved_views.delete_view, name="delete-view"),
    path(f"{_VIEW}/open", saved_views.open_with_view, name="open-with-view"),
    path(_VEHICLE, remotes.vehicle, name="vehicle"),
    path(f"{_VEHICLE}/history", remotes.vehicle_history, name="vehicle-history"),
    path(f"{_VEHICLE}/programs", remotes.vehicle_programs, name="vehicle-programs"),
    path(f"{_VEHICLE}/schedules", remotes.vehicle_schedules, name="vehicle-schedules"),
    path(f"{_VEHICLE}/record", remotes.vehicle_record, name="vehicle-record"),
    path(f"{_VEHICLE}/actions", remotes.send_action, name="send-action"),
    path(f"{_VEHICLE}/actions/new", remotes.new_action, name="new-action"),
    path(_ACTION, remotes.action, name="action"),
    path(f"{_ACTION}/record", remotes.action_record, name="action-record"),
    path(f"{_ACTION}/read", remotes.put_away_result, name="put-away-result"),
    path(f"{_ACTION}/cancel", actions.cancel_action, name="cancel-action"),
    path(f"{_ACTION}/approve", approving.approve_action, name="approve-action"),
    path(f"{_ACTION}/refuse", approving.refuse_action, name="refuse-action"),
    path(f"{_ACTION}/break-glass", approving.send_alone, name="break-glass"),
    path(f"{_ACTION}/decide", actions.decide_action, name="decide-action"),
    path(f"{_ACTION}/again", actions.repeat_action, name="repeat-action"),
    path(f"{_ACTION}/explain", explain_action, name="explain-action"),
    path(f"{_VEHICLE}/state", reading.read_state, name="read-state"),
    path(f"{_VEHICLE}/news", remotes.vehicle_news, name="vehicle-news"),
    path(f"{_VEHICLE}/live", vehicle_stream, name="vehicle-live"),
    path(_SENDING, sending.sending, name="sending"),
    path(f"{_SENDING}/stop", sending.stop_sending, name="stop-sending"),
    path(f"{_SENDING}/lift", sending.lift_sending, name="lift-sending"),
    path(f"{_SENDING}/rules", sending.rules, name="sending-rules"),
    path("fleets/<id:fleet_id>/orphans", sending.orphans, name="orphans"),
    path("fleets/<id:fleet_id>/unread", sending.unread_notifications, name="unread"),
    path("sending", sending.sending, name="sending-of-all"),
    path("sending/stop", sending.stop_sending, name="stop-sending-of-all"),
    path("sending/lift", sending.lift_sending, name="lift-sending-of-all"),
    path(_CALLBACKS, callbacks.callbacks, name="callbacks"),
    path(f"{_CALLBACKS}/new", callbacks.new_callback, name="new-callback"),
    path(_CALLBACK, callbacks.callback, name="callback"),
    path(f"{_CALLBACK}/edit", callbacks.edit_callback, name="edit-callback"),
    path(f"{_CALLBACK}/attempts", callbacks.attempts, name="callback-attempts"),
    path(f"{_CALLBACK}/pause", changes.pause_callback, name="pause-callback"),
    path(f"{_CALLBACK}/resume", changes.resume_callback, name="resume-callback"),
    path(f"{_CALLBACK}/test", changes.test_callback, name="test-callback"),
    path(f"{_CALLBACK}/replay", changes.replay_batches, name="replay-batches"),
    path(f"{_CALLBACK}/secret", changes.rotate_secret, name="rotate-secret"),
    path(f"{_CALLBACK}/delete", changes.delete_callback, name="delete-callback"),
    path(_BULKS, bulk.bulks, name="bulks"),
    path(f"{_BULKS}/new", bulk_acts.new_bulk, name="new-bulk"),
    path(_BULK, bulk.bulk, name="bulk"),
    path(f"{_BULK}/news", bulk.bulk_news, name="bulk-news"),
    path(f"{_BULK}/live", bulk.bulk_stream, name="bulk-live"),
    path(f"{_BULK}/result.csv", bulk.bulk_table, name="bulk-table"),
    path(f"{_BULK}/check", bulk_acts.check_bulk, name="check-bulk"),
    path(f"{_BULK}/start", bulk_acts.start_bulk, name="start-bulk"),
    path(f"{_BULK}/stop", bulk_acts.stop_bulk, name="stop-bulk"),
    path(f"{_BULK}/again", bulk_acts.repeat_bulk, name="repeat-bulk"),
    path(_SCHEDULES, schedules.schedules, name="schedules"),
    path(f"{_SCHEDULES}/new", schedule_acts.new_schedule, name="new-schedule"),
    path(_SCHEDULE, schedules.schedule, name="schedule"),
    path(f"{_SCHEDULE}/edit", schedule_acts.edit_schedule, name="edit-schedule"),
    path(f"{_SCHEDULE}/pause", schedule_acts.pause_schedule, name="pause-schedule"),
    path(f"{_SCHEDULE}/resume", schedule_acts.resume_schedule, name="resume-schedule"),
    path(f"{_SCHEDULE}/end", schedule_acts.end_schedule, name="end-schedule"),
    path(_COMMANDS, commands.saved_commands, name="saved-commands"),
    path(f"{_COMMANDS}/new", commands.new_command, name="new-saved-command"),
    path(f"{_COMMANDS}/<id:command_id>/rename", commands.rename_command, name="rename-saved-command"),
    path(f"{_COMMANDS}/<id:command_id>/delete", commands.delete_command, name="delete-saved-command"),
    path(f"{_VEHICLE}/commands/<id:command_id>", commands.send_command, name="send-saved-command"),
    path("waiting", approvals.waiting, name="waiting"),
    path("needs", approvals.needs, name="needs"),
    path("approvals", approvals.approvals_of_all, name="approvals-of-all"),
    path("approvals/<id:proposal_id>", approvals.proposal, name="proposal-of-all"),
    path(_APPROVALS, approvals.approvals, name="approvals"),
    path(f"{_APPROVALS}/<id:proposal_id>", approvals.proposal, name="proposal"),
    path(f"{_APPROVALS}/reviews/<id:review_id>", approvals.review, name="review"),
    path(_ALERTS, alerts.alerts, name="alerts"),
    path(f"{_ALERTS}/past", alerts.past_alerts, name="past-alerts"),
    path(f"{_ALERTS}/choice", alerts.choose_alerts, name="choose-alerts"),
    path(f"{_ALERTS}/<id:alert_id>/settle", alerts.settle_alert, name="settle-alert"),
    path(f"{_ALERTS}/webhooks/new", alerts.new_webhook, name="new-alert-webhook"),
    path(f"{_ALERTS}/webhooks/<id:callback_id>/edit", alerts.edit_webhook, name="edit-alert-webhook"),
    path(_PEOPLE, people.people, name="people"),
    path(f"{_PEOPLE}/new", people_acts.new_invitation, name="new-invitation"),
    path(_MEMBER, people_acts.change_member, name="change-member"),
    path(f"{_MEMBER}/remove", people_acts.remove_member, name="remove-member"),
    path(f"{_MEMBER}/confirm", people_acts.ask_confirmation, name="ask-confirmation"),
    path(f"{_PEOPLE}/{_INVITATION}/again", people_acts.resend_invitation, name="resend-invitation"),
    path(f"{_PEOPLE}/{_INVITATION}/withdraw", people_acts.withdraw_invitation, name="withdraw-invitation"),
    path("people", people.people_of_all, name="people-of-all"),
    path("people/new", people_acts.new_invitation, name="new-invitation-of-all"),
    path(f"people/{_INVITATION}/again", people_acts.resend_invitation, name="resend-invitation-of-all"),
    path(f"people/{_INVITATION}/withdraw", people_acts.withdraw_invitation, name="withdraw-invitation-of-all"),
    path(_PERSON, people.account_of, name="account-of"),
    path(f"{_PERSON}/lock", account_acts.lock_account, name="lock-account"),
    path(f"{_PERSON}/open", account_acts.open_account, name="open-account"),
    path(f"{_PERSON}/admin", account_acts.make_admin, name="make-admin"),
    path(f"{_PERSON}/no-admin", account_acts.take_admin, name="take-admin"),
    path(f"{_PERSON}/confirm", account_acts.ask_confirmation_of_admin, name="ask-confirmation-of-admin"),
    path("invitation", invited.invitation, name="invitation"),
    path("invitation/<str:token>", invited.invitation_link, name="invitation-link"),
    path(_AUDIT, audit.audit, name="audit"),
    path(f"{_AUDIT}.csv", audit.audit_table, name="audit-table"),
    path(f"{_AUDIT}/<int:entry_id>", audit.audit_entry, name="audit-entry"),
    path("audit", audit.audit, name="audit-of-all"),
    path("audit.csv", audit.audit_table, name="audit-table-of-all"),
    path("audit/<int:entry_id>", audit.audit_entry, name="audit-entry-of-all"),
    path("connections/", connections.connections, name="connections"),
    path("connections/site-certificate", calendar.read_site_certificate, name="read-site-certificate"),
    path("connections/new", connection_acts.new_connection, name="new-connection"),
    path("connections/gateways/<int:gateway_id>", connection_acts.check_gateway, name="check-gateway"),
    path(_CONNECTION, connections.connection, name="connection"),
    path(f"{_CONNECTION}/news", connections.connection_news, name="connection-news"),
    path(f"{_CONNECTION}/edit", connection_acts.edit_connection, name="edit-connection"),
    path(f"{_CONNECTION}/check", connection_acts.run_connection, name="run-connection"),
    path(f"{_CONNECTION}/fleets", connection_acts.choose_fleets, name="choose-fleets"),
    path(f"{_CONNECTION}/go-on", connection_acts.go_on, name="go-on-connection"),
    path(f"{_CONNECTION}/take-back", connection_acts.take_back_credentials, name="take-back-credentials"),
    path(f"{_CONNECTION}/remove", connection_acts.remove_connection, name="remove-connection"),
    path("places/find", places.find_place, name="find-place"),
    path(_PLACES, saved_places.saved_places, name="places"),
    path(f"{_PLACES}/new", saved_places.new_place, name="new-place"),
    path(f"{_PLACES}/find", places.find_fleet_place, name="find-fleet-place"),
    path(f"{_PLACES}/words", places.name_fleet_position, name="name-fleet-position"),
    path(f"{_PLACES}/<id:place_id>/rename", saved_places.rename_place, name="rename-place"),
    path(f"{_PLACES}/<id:place_id>/delete", saved_places.delete_place, name="delete-place"),
    path("places/words", places.name_position, name="name-position"),
    path("places/towns/<int:zoom>/<int:x>/<int:y>", places.towns, name="towns"),
    path(_LABELS, labels.labels, name="labels"),
    path(f"{_LABELS}.csv", labels.label_table, name="label-table"),
    path(f"{_LABELS}/<id:import_id>", labels.label_import, name="label-import"),
    path(f"{_LABELS}/<id:import_id>/make", labels.make_label_import, name="make-label-import"),
    path("fleets/<id:fleet_id>/left-out", left_out.left_out_of_fleet, name="left-out-of-fleet"),
    path("connections/gateways/<int:gateway_id>/left-out", left_out.left_out, name="left-out"),
    path(_CLIENTS, clients.clients, name="clients"),
    path(f"{_CLIENTS}/new", client_acts.new_client, name="new-client"),
    path("clients", clients.clients, name="clients-of-all"),
    path(_CLIENT, clients.client, name="client"),
    path(f"{_CLIENT}/edit", client_acts.edit_client, name="edit-client"),
    path(f"{_CLIENT}/owner", client_acts.hand_on_client, name="hand-on-client"),
    path(f"{_CLIENT}/end", client_acts.end_client, name="end-client"),
    path(f"{_CLIENT}/resume", client_acts.resume_client, name="resume-client"),
    path(f"{_CLIENT}/trust", trusting.ask_for_trust, name="ask-for-trust"),
    path(f"{_CLIENT}/trust/<int:trust_id>/end", trusting.end_trust, name="end-trust"),
    path(f"{_CLIENT}/passwords/new", client_acts.new_secret, name="new-client-secret"),
    path(f"{_CLIENT}/passwords/<int:secret_id>/end", client_acts.end_secret, name="end-client-secret"),
    path(_BATCH, callbacks.batch, name="callback-batch"),
    path(f"{_BATCH}/again", changes.send_batch_again, name="send-batch-again"),
]
