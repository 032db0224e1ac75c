"""For which vehicles a schedule is becomes data; it was the query string of a page's form."""

from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.db import migrations, models
from django.db.models import Q

TEXTS = {"q", "model", "energy", "doors", "awake", "outcome", "cause", "can", "listed"}
# Of the list's look, not of its vehicles.
LOOK = {"sort", "col", "after", "view"}


def filter_of(view: str) -> dict[str, Any]:
    """As remotes/finding/vehicles.py reads it, in version 1; what can't be told is kept as it was and is of no known version."""
    found: dict[str, Any] = {"version": 1}
    for name, value in parse_qsl(view):
        if name in LOOK:
            continue
        if name in TEXTS:
            found[name] = value.strip()
        elif name == "below" and value.strip().isdecimal():
            found[name] = int(value)
        else:
            return {"version": 0, "query": view}
    return found


def view_of(stored: dict[str, Any]) -> str:
    if stored.get("version") == 0:
        return str(stored.get("query", ""))
    return urlencode({name: value for name, value in stored.items() if name != "version"})


def make_filters(apps: Any, schema_editor: Any) -> None:
    Schedule = apps.get_model("remotes", "Schedule")
    for schedule in Schedule.objects.filter(view__isnull=False).only("view").iterator():
        Schedule.objects.filter(pk=schedule.pk).update(filter=filter_of(schedule.view))


def make_views(apps: Any, schema_editor: Any) -> None:
    Schedule = apps.get_model("remotes", "Schedule")
    for schedule in Schedule.objects.filter(filter__isnull=False).only("filter").iterator():
        Schedule.objects.filter(pk=schedule.pk).update(view=view_of(schedule.filter))


def one_of_both(other: str) -> Q:
    return Q(vehicle__isnull=False, **{f"{other}__isnull": True}) | Q(vehicle__isnull=True, **{f"{other}__isnull": False})


class Migration(migrations.Migration):
    dependencies = [("remotes", "0009_history_filters")]

    operations = [
        migrations.AddField("schedule", "filter", models.JSONField(null=True)),
        migrations.RemoveConstraint("schedule", "schedule_vehicle_or_view"),
        migrations.RunPython(make_filters, make_views),
        migrations.AddConstraint(
            "schedule", models.CheckConstraint(name="schedule_vehicle_or_filter", condition=one_of_both("filter"))
        ),
        migrations.RemoveField("schedule", "view"),
        migrations.AlterField(
            "schedulerun",
            "why",
            models.CharField(
                blank=True,
                choices=[
                    ("late", "FleetRemote did not run at the time, so it was sent late"),
                    ("down", "FleetRemote did not run at the time"),
                    ("replaced", "A later time was missed too, and was sent instead"),
                    ("rights", "Whoever it runs for no longer manages the fleet"),
                    ("left", "The vehicle has left the fleet"),
                    ("nobody", "No vehicle is meant"),
                    ("unclear", "For which vehicles it is can't be understood"),
                    ("too-many", "Too many vehicles are meant"),
                    ("unable", "The vehicle can't do it"),
                ],
                max_length=10,
            ),
        ),
    ]
