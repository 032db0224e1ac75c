"""Names are found as whole words wherever they stand, and what only looks like them stays: in Python and in SQL."""

import json
from typing import Any

import pytest

from fleets.models import Fleet, LabelImport, SavedView
from fleets.privacy.names import Renaming
from fleets.storage import clock

pytestmark = pytest.mark.django_db

CAMILLE = Renaming(("camille", "Zoé O'Hara-Łoś", "c+x@example.com"), "erased-person-1")
NEW = "erased-person-1"

TEXTS = [
    ("camille", NEW),
    ("Asked by Camille.", f"Asked by {NEW}."),
    ("(camille), camille/camille", f"({NEW}), {NEW}/{NEW}"),
    ("camille.roux camille@example.com camilles x-camille", "camille.roux camille@example.com camilles x-camille"),
    ("zoé o'hara-łoś was here", f"{NEW} was here"),
    ("mail c+x@example.com now", f"mail {NEW} now"),
    ('"camille"\n\\camille', f'"{NEW}"\n\\{NEW}'),
    ("nobody", "nobody"),
]


@pytest.mark.parametrize(("text", "left"), TEXTS)
def test_texts_documents_and_columns_alike(text: str, left: str) -> None:
    assert CAMILLE.text(text) == left
    assert CAMILLE.document({"a": [text, 1, None], "b": {"c": text}}) == {"a": [left, 1, None], "b": {"c": left}}
    assert json.loads(CAMILLE.body(json.dumps([text]).encode())) == [left]
    fleet = Fleet.objects.create(name="Lyon", description=text)
    row = SavedView.objects.create(fleet=fleet, name="x", query=text)
    now: Any = clock.now()
    given = LabelImport.objects.create(fleet=fleet, lines=[{"said": text}], created_at=now, checked_at=now)
    CAMILLE.sweep(SavedView)
    CAMILLE.sweep(LabelImport)
    row.refresh_from_db()
    given.refresh_from_db()
    assert (row.query, given.lines) == (left, [{"said": left}])
    fleet.refresh_from_db()
    assert fleet.description == text


def test_a_vin_is_found_in_the_midst_of_others() -> None:
    vin = Renaming(("VF3CANARY0FG00001",), "ERASED00000000001", whole=False)
    assert vin.text("x-vf3canary0fg00001.csv") == "x-ERASED00000000001.csv"
    assert vin.document({"VF3CANARY0FG00001": 1}) == {"ERASED00000000001": 1}
    assert vin.body(b'cut {"vin": "VF3CANARY0FG00001", "x') == b'cut {"vin": "ERASED00000000001", "x'
    assert vin.body(b'{"vin": "\\u0056F3CANARY0FG00001"}') == b'{"vin":"ERASED00000000001"}'


def test_a_longer_name_is_cut_to_what_the_column_takes() -> None:
    fleet = Fleet.objects.create(name="Lyon")
    SavedView.objects.create(fleet=fleet, name=f"camille {'x' * 52}")
    assert CAMILLE.sweep(SavedView) == 1
    assert SavedView.objects.get().name == f"{NEW} {'x' * 52}"[:60]
