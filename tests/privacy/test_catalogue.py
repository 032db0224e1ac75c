"""Each table is known to the list of what is personal, to its documentation, and to what is exported."""

import re
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.contrib.auth.models import User
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field, Model

from fleetremote.privacy.catalogue import NOT_PERSONAL, PERSONAL
from fleets.models import Vehicle

DOCS = Path(settings.BASE_DIR) / "docs/privacy.md"
LABELS = {table.model for table in PERSONAL}


def columns(model: type[Model]) -> list[Field]:
    """Its own, and those of tables that nobody has written down; what has a model is a table of its own."""
    throughs = ((field, field.remote_field.through) for field in model._meta.local_many_to_many)
    many = [field for field, through in throughs if through is not None and through._meta.auto_created]
    return [*model._meta.local_fields, *many]


def test_every_table_is_personal_or_said_not_to_be() -> None:
    models = {model._meta.label for model in apps.get_models()}
    assert models - LABELS - NOT_PERSONAL == set()
    assert (LABELS | NOT_PERSONAL) - models == set()
    assert set() == LABELS & NOT_PERSONAL


def test_what_refers_to_a_person_or_a_vehicle_is_found_by_it() -> None:
    for table in PERSONAL:
        model = apps.get_model(table.model)
        people = {field.name for field in columns(model) if field.related_model is User}
        assert people <= set(table.person), table.model
        if table.model != "connections.Connection":  # which vehicle an account was tried with
            vehicles = {field.name for field in columns(model) if field.related_model is Vehicle}
            assert vehicles <= set(table.vehicle), table.model
    for label in NOT_PERSONAL:
        assert not [field for field in columns(apps.get_model(label)) if field.related_model in (User, Vehicle)], label


def test_what_holds_a_vin_or_a_user_name_is_found_by_it() -> None:
    for table in PERSONAL:
        model = apps.get_model(table.model)
        for name, lookups in (("vin", table.vin), ("vins", table.vin), ("username", (*table.name, *table.person))):
            try:
                model._meta.get_field(name)
            except FieldDoesNotExist:
                continue
            assert lookups or table.vehicle, table.model


def test_docs_have_the_same_tables_for_as_long() -> None:
    rows = re.findall(r"^\| `(\w+\.\w+)` \| (.+?) \| (.+?) \|$", DOCS.read_text(), re.MULTILINE)
    assert rows == [(table.model, table.holds, table.kept) for table in PERSONAL]
