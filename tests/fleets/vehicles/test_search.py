"""People find a vehicle however they type its label, plate or VIN: PostgreSQL folds what is kept and what is typed."""

import unicodedata

import pytest
from django.core.management import call_command
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from fleets.models import Fleet, Vehicle
from fleets.vehicles.search import called, matching
from tests.cases import case
from tests.migrating import migrate
from tests.world import make_fleet, make_vehicle

pytestmark = pytest.mark.django_db

LABELS = {
    "depot": "Dépôt Zürich 7 🚐",
    "street": "Hauptstraße ŁÓDŹ",
    "greek": "ΟΔΟΣ Αθηνών",
    "cyrillic": "Гараж Ёлка №3",
    "turkish": "İzmir Kırıkkale",
    "summer": "L’été à l'œuvre",
    "wide": "ＶＡＮ　１２ ﬁnal",
    "literal": "100%_a\\b",
    "joined": "Kastenwagen12",
}


def found(words: str) -> set[str]:
    return set(matching(Vehicle.objects.all(), words).values_list("label", flat=True))


def forms_of(words: str) -> list[str]:
    return [unicodedata.normalize(form, words) for form in ("NFC", "NFD", "NFKC", "NFKD")]


@pytest.fixture
def fleet() -> Fleet:
    fleet = make_fleet()
    for number, label in enumerate(LABELS.values(), 1):
        make_vehicle(fleet, label, vin=f"VF3ABCDE0ZZ{number:06}", plate=f"AB-{100 + number}-CD")
    return fleet


@pytest.mark.parametrize(
    ("words", "name"),
    [
        *[
            (words, "depot")
            for words in ("zurich", "DEPOT", "zurich depot 7", "7 zürich", "🚐", '"depot zurich"', "zurich7")
        ],
        *[(words, "street") for words in ("hauptstrasse", "HAUPTSTRASSE", "HAUPTSTRAẞE", "lodz", "łódź")],
        *[(words, "greek") for words in ("οδος", "ΟΔΟΣ", "οδοσ", "αθηνων")],
        *[(words, "cyrillic") for words in ("елка", "ЁЛКА", "гараж 3", "no3")],
        *[(words, "turkish") for words in ("izmir", "IZMIR", "ızmır", "kirikkale")],
        *[(words, "summer") for words in ("l'ete", "l’ete", "l ete", "lété", "oeuvre", "ŒUVRE", "l´été")],
        *[(words, "wide") for words in ("van 12", "ｖａｎ", "final", "ＦＩＮＡＬ", "12 van")],
        *[(words, "literal") for words in ("%", "_a", "\\b", "100%", "100%_", "a\\")],
        *[(words, "joined") for words in ("kasten 12", "12 kasten", "kastenwagen 1")],
        *[
            (words, "depot")
            for words in ("ab101cd", "AB 101 CD", "ab-101", "101-cd", "ab–101–cd", "101cd", "ab.101.cd")
        ],
        *[
            (words, "depot")
            for words in ("000001", "vf3abcde0zz000001", "VF3 ABCDE 0ZZ 000001", "VF 3ABCDE0Z Z0 00001")
        ],
        *[(words, "depot") for words in ("zur\u200bich", "\u202ezurich", "zu\u00adrich", "  zurich \u00a0 7  ")],
    ],
)
def test_it_is_found_as_people_type(fleet: Fleet, words: str, name: str) -> None:
    for form in forms_of(words):
        assert found(form) == {LABELS[name]}, (form, words)


@pytest.mark.parametrize(
    "words", ["zurich 8", "-", " . ", "\u200b", "epot_", '"zurich depot"', "urich-depot", "a" * 103]
)
def test_what_is_not_there_or_says_nothing_finds_nothing(fleet: Fleet, words: str) -> None:
    assert found(words) == set()


def test_one_letter_begins_a_word_and_is_not_looked_for_in_a_vin(fleet: Fleet) -> None:
    """Each VIN has most letters somewhere."""
    assert found("z") == {LABELS["depot"]}
    assert found("zz") == set()
    assert len(found("0zz")) == len(LABELS)


def test_labels_that_look_so_are_found_and_those_that_look_the_same_are_one_name() -> None:
    given = case("labels")
    fleet = make_fleet()
    for label in given["labels"]:
        make_vehicle(fleet, label)
    vehicles = fleet.vehicles.all()
    right = {"zurich": given["labels"][:2], "depot": given["labels"][:2], "Büro": given["labels"][2:]}
    for words in given["searches"]:
        for form in (*forms_of(words), words.upper(), words.lower()):
            assert found(form) == set(right[words]), form
    assert found("buro") == set(given["labels"][2:])
    assert [called(vehicles, label).count() for label in given["labels"]] == [2, 2, 1]


def test_who_is_called_so_is_found_by_the_whole_name_only(fleet: Fleet) -> None:
    depot = Vehicle.objects.get(label=LABELS["depot"])
    for name in ("depot zurich 7 🚐", "AB 101 CD", "ab101cd", "VF3ABCDE0ZZ000001", "vf3 abcde 0zz 000001"):
        assert called(fleet.vehicles.all(), name).get() == depot
    for name in ("depot zurich", "zurich depot 7 🚐", "ab 101", "000001", "", "-"):
        assert not called(fleet.vehicles.all(), name).exists()


class TestFolding(TestCase):
    """In any case and form a label is found by itself and by each of its words."""

    @given(st.text(st.characters(max_codepoint=0x58F, exclude_categories=["Cc", "Cs", "Cn"]), min_size=1, max_size=20))
    def test_a_label_is_found_by_itself(self, label: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT fleets_joined(%s), fleets_search_text(%s, '', '')", [label, label])
            joined, text = cursor.fetchone()
            for form in {*forms_of(label), label.upper(), label.lower(), label.casefold()} - {label}:
                cursor.execute("SELECT fleets_joined(%s), %s LIKE fleets_pattern(%s)", [form, text, form])
                assert cursor.fetchone() == (joined, True), (label, form)


def test_each_letter_is_its_capital(db: None) -> None:
    letters = [chr(code) for code in range(0x41, 0x590) if chr(code).isalpha()]
    pairs = [(letter, form) for letter in letters for form in {letter.upper(), letter.lower(), letter.casefold()}]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT one, other FROM unnest(%s::text[], %s::text[]) AS pair (one, other)"
            " WHERE fleets_joined(one) <> fleets_joined(other)",
            [[one for one, _ in pairs], [other for _, other in pairs]],
        )
        assert cursor.fetchall() == []


@pytest.mark.drawn("migrations", 1, of="tests")
def test_vehicles_that_were_there_before_are_found_after_and_the_way_back_loses_none(at_the_end: None) -> None:
    fleet = make_fleet()
    make_vehicle(fleet, "Dépôt")
    then = migrate([("fleets", "0020_api_secrets")])
    assert then.get_model("fleets", "Vehicle").objects.filter(label__icontains="dépôt").exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_proc WHERE proname LIKE 'fleets\\_folded'")
        assert cursor.fetchone() == (0,)
    migrate()
    assert found("depot") == {"Dépôt"}
    call_command("makemigrations", "fleets", check=True, dry_run=True)
