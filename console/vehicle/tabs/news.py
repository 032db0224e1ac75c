"""What a tab of a vehicle's page shows, and shows anew when there is news."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone

from console.audit.listing import rows_of as audit_rows
from console.notices import notices
from console.requests import PageRequest
from console.rights import member_in
from console.schedules.listing import schedules_of
from console.vehicle.history import HistoryPage, history_page, newest_of, newest_shown
from console.vehicle.history_form import HistoryForm
from console.vehicle.now.board import board_of
from console.vehicle.now.result import result_of
from console.vehicle.now.summary import summary_of
from console.vehicle.panel import Panel, panel_of
from console.vehicle.state_card import state_card_of, told_by
from console.vehicle.tabs.programs import programs_of
from console.vehicle.tabs.raw import raw_of
from console.vehicle.tabs.tab import Tab, links_of, title_of
from console.vehicle.wake_budget import waking_of
from fleets.audit.entries import Origin, person
from fleets.audit.looking import saw_position
from fleets.audit.searching import DEEDS
from fleets.models import AuditEntry, Vehicle
from fleets.reach import cannot_call_back
from fleets.rights import Right
from fleets.vehicles.dates import said_at
from fleets.vehicles.position import Position, position_of
from fleets.vehicles.state import dig
from fleets.vehicles.state.facts import hides_position
from remotes.asking.ask import rules_of
from remotes.finding.marks import Mark, Own, marks_of, own_words
from remotes.intake.unread import Unread, unread_about

AUDIT_SHOWN = 20


def news_of(
    request: PageRequest, vehicle: Vehicle, tab: Tab = Tab.NOW, action_id: str = "", panel: Panel | None = None
) -> dict[str, Any]:
    """What the tab shows; its history from the action with this id on. `panel` says what was refused just now."""
    now, member = timezone.now(), member_in(request, vehicle.fleet)
    marks = marks_of(vehicle, _own_of(vehicle), said_at(dig(vehicle.state, "stolen")), now)
    shared = {
        "fleet": vehicle.fleet,
        "vehicle": vehicle,
        "tab": tab.value,
        "part": f"vehicle/tabs/{tab}.html",
        "tab_title": title_of(tab),
        "tabs": links_of(vehicle, member),
        "may_command": member.may(Right.SEND),
        "summary": summary_of(vehicle),
        "marks": marks,
        "notices": notices(vehicle.fleet, vehicle.gateway_id),
    }
    if tab == Tab.NOW:
        return shared | _now(request, vehicle, now, marks, panel)
    if tab == Tab.HISTORY:
        return shared | _history(request, vehicle, now, action_id)
    newest = newest_shown(vehicle)
    return shared | {"result": result_of(request, newest, now)} | _OTHERS[tab](request, vehicle)


def tell_look(request: PageRequest, vehicle: Vehicle) -> Position | None:
    """Where the vehicle is, for who may see that; that the person is shown it stands in the audit."""
    if not member_in(request, vehicle.fleet).may(Right.SEE_POSITIONS):
        return None
    position = position_of(vehicle.state)
    if position is not None:
        saw_position(vehicle, person(request.user), Origin.PAGE)
    return position


def _now(
    request: PageRequest, vehicle: Vehicle, now: datetime, marks: Sequence[Mark], panel: Panel | None
) -> dict[str, Any]:
    position, member = tell_look(request, vehicle), member_in(request, vehicle.fleet)
    rules = rules_of(vehicle.fleet_id)
    waking = waking_of(vehicle, rules, now)
    told = told_by(vehicle, rules.zone, sees_positions=member.may(Right.SEE_POSITIONS))
    panel = panel or panel_of(vehicle, member.sends)
    history, lately = newest_of(vehicle, now)
    return {
        "panel": panel,
        "board": board_of(panel, told.rows, marks, vehicle, [action.remote_type for action in lately]),
        "hides_position": hides_position(vehicle.state),
        "state_card": state_card_of(vehicle, waking, now),
        "other_count": len(told.others),
        "waking": waking,
        "position": position,
        "unread": _unread_of(vehicle),
        "history": history,
        "is_untold": cannot_call_back(vehicle.gateway),
        "result": result_of(request, history.entries, now),
    }


def _history(request: PageRequest, vehicle: Vehicle, now: datetime, action_id: str) -> dict[str, Any]:
    asked = HistoryForm({**request.GET.dict(), "action": action_id} if action_id else request.GET.dict())
    history = history_page(vehicle, asked.place, asked.filter)
    return {
        "asked_history": asked,
        "history": history,
        "is_untold": cannot_call_back(vehicle.gateway),
        "result": result_of(request, _newest_in(history, asked, vehicle), now),
    }


def _newest_in(history: HistoryPage, asked: HistoryForm, vehicle: Vehicle) -> Any:
    return history.entries if history.is_newest and not asked.narrows else newest_shown(vehicle)


def _programs(request: PageRequest, vehicle: Vehicle) -> dict[str, Any]:
    return {"programs": programs_of(vehicle, member_in(request, vehicle.fleet))}


def _schedules(request: PageRequest, vehicle: Vehicle) -> dict[str, Any]:
    zone = rules_of(vehicle.fleet_id).zone
    return {"schedules": schedules_of(vehicle, zone), "zone": zone}


def _record(request: PageRequest, vehicle: Vehicle) -> dict[str, Any]:
    member = member_in(request, vehicle.fleet)
    sees_positions = member.may(Right.SEE_POSITIONS)
    tell_look(request, vehicle)
    told = told_by(vehicle, rules_of(vehicle.fleet_id).zone, sees_positions=sees_positions)
    return {
        "state_others": told.others,
        "raw": raw_of(vehicle, sees_positions=sees_positions),
        "panel": panel_of(vehicle, member.sends),
        "audit": _audit_of(vehicle) if member.may(Right.READ_AUDIT) else None,
    }


def _audit_of(vehicle: Vehicle) -> list[Any]:
    """The newest entries about it while it was in this fleet."""
    entries = AuditEntry.objects.filter(vehicle=vehicle.pk, fleet=vehicle.fleet_id, kind__in=DEEDS)
    return audit_rows(list(entries.order_by("-at", "-pk").defer("body")[:AUDIT_SHOWN]), vehicle.fleet)


_OTHERS: dict[Tab, Callable[[PageRequest, Vehicle], dict[str, Any]]] = {
    Tab.PROGRAMS: _programs,
    Tab.SCHEDULES: _schedules,
    Tab.RECORD: _record,
}


def _own_of(vehicle: Vehicle) -> dict[str, Own]:
    return own_words(vehicle) if vars(vehicle).get("has_own", True) else {}


def _unread_of(vehicle: Vehicle) -> list[Unread]:
    return unread_about(vehicle) if vars(vehicle).get("has_unread", True) else []
