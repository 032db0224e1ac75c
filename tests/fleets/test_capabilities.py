"""What upstream says of a vehicle decides what it may be asked to do; its silence decides nothing."""

from typing import Any

import pytest

from fleets.vehicles.capabilities import allowed, refusal, remote_types
from protocol.catalogue import REMOTE_TYPES
from tests.published import hold


def words_of(document: Any, name: str, payload: Any) -> str | None:
    """Why the vehicle can't do it, as the API says it."""
    why = refusal(document, name, payload)
    return str(why) if why else None


SLOT = {"slot": 1, "enabled": True, "start": "PT7H", "occurence": {"day": ["Mon"]}, "actionsType": "Set"}
NIGHT = "2026-11-22T02:00:00Z"


def entry(key: str, supported: bool = True, **parameters: Any) -> dict[str, Any]:
    given = {"supported": supported, "scopeName": f"remote:{key}:write"}
    return {**given, "parameters": parameters} if parameters or key in ("preconditioning", "charging") else given


DOCUMENT: dict[str, Any] = {
    "data": ["data:telemetry"],
    "remote": {
        "preconditioning": entry("preconditioning", programs={"size": 2}, immediate=True),
        "charging": entry(
            "charging",
            immediate={"start": True, "stop": False},
            schedule={
                "programs": {"supported": True, "size": 1},
                "nextDelayedTime": False,
                "preferences": {"level": True, "type": False},
            },
        ),
        "door": entry("door"),
        "horn": entry("horn", supported=False),
        "lights": entry("lights"),
        "wakeup": entry("wakeup", supported=False),
        "navigation": entry("navigation"),
        "stolen": {},
    },
}


def climate(**body: Any) -> dict[str, Any]:
    return {"airConditioning": body}


def test_the_document_of_these_tests_is_a_published_one() -> None:
    hold(DOCUMENT, "OnboardCapabilities")


def test_only_what_is_said_not_to_be_supported_is_taken_away() -> None:
    assert remote_types(DOCUMENT) == [name for name in REMOTE_TYPES if name not in ("Horn", "WakeUp")]


@pytest.mark.parametrize("name", ["State", "Immobilization", "VehicleFinder", "Tan", "OnboardPersonalData"])
def test_what_the_published_document_has_no_place_for_is_allowed_unless_named(name: str) -> None:
    assert name in (remote_types(DOCUMENT) or [])
    told = {"remote": {**DOCUMENT["remote"], REMOTE_TYPES[name].v3.key: entry("x", supported=False)}}
    assert name not in (remote_types(told) or [])


@pytest.mark.parametrize("document", [None, {}, [], {"remote": None}, {"remote": []}, {"data": ["data:position"]}])
def test_a_document_without_remotes_tells_nothing(document: Any) -> None:
    assert remote_types(document) is None
    assert words_of(document, "Charging", {"immediate": True}) is None


@pytest.mark.parametrize("value", [None, "no", 0, [], {"supported": "no"}, {"supported": None}])
def test_an_entry_of_another_form_takes_nothing_away(value: Any) -> None:
    assert "Locking" in (remote_types({"remote": {"door": value}}) or [])


@pytest.mark.parametrize(
    ("name", "payload", "words"),
    [
        ("Horn", {"state": "Activated"}, "horn is not supported"),
        ("WakeUp", {"action": "WakeUp"}, "wakeUp is not supported"),
        (
            "Charging",
            {"immediate": False},
            "charging.immediate: false is not supported; charging can't be stopped at once",
        ),
        (
            "Charging",
            {"deferred": {"start": {"immediate": False}}},
            "charging.deferred.start.immediate: false is not supported; charging can't be stopped at once",
        ),
        ("Charging", {"schedule": {"nextDelayedTime": NIGHT}}, "charging.schedule.nextDelayedTime is not supported"),
        ("Charging", {"nextDelayedTime": NIGHT}, "charging.nextDelayedTime is not supported"),
        (
            "Charging",
            {"schedule": {"programs": [SLOT, SLOT]}},
            "charging.schedule.programs has 2 programs; 1 at the most",
        ),
        (
            "Charging",
            {"preferences": {"level": "Level1", "type": "Full"}},
            "charging.preferences.type is not supported",
        ),
        (
            "Preconditioning",
            climate(programs=[SLOT, SLOT, SLOT]),
            "preconditioning.airConditioning.programs has 3 programs; 2 at the most",
        ),
    ],
)
def test_a_value_that_the_vehicle_does_not_take_is_named_by_its_path(name: str, payload: Any, words: str) -> None:
    assert words_of(DOCUMENT, name, payload) == words


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        ("Charging", {"immediate": True}),
        ("Charging", {"immediate": False, "schedule": {"programs": [SLOT]}}),
        ("Charging", {"preferences": {"level": "Level1"}}),
        ("Preconditioning", climate(immediate=True)),
        ("Preconditioning", climate(programs=[SLOT, SLOT, {"slot": 3, "actionsType": "Delete"}])),
        ("Locking", {"state": "Locked"}),
        ("Stolen", {"stolen": True}),
        ("State", {"action": "state"}),
    ],
)
def test_what_the_vehicle_takes_is_not_refused(name: str, payload: Any) -> None:
    assert words_of(DOCUMENT, name, payload) is None


def test_more_that_can_be_switched_off() -> None:
    remote = {
        "preconditioning": entry("preconditioning", immediate=False),
        "charging": entry(
            "charging",
            immediate={"start": False},
            schedule={"programs": {"supported": False}},
            preferences={"level": False},
        ),
    }
    document = {"remote": remote}
    assert words_of(document, "Preconditioning", climate(immediate=False)) == (
        "preconditioning.airConditioning.immediate is not supported"
    )
    assert "can't be started" in (words_of(document, "Charging", {"immediate": True}) or "")
    assert (
        words_of(document, "Charging", {"schedule": {"programs": [SLOT]}})
        == "charging.schedule.programs is not supported"
    )
    assert words_of(document, "Charging", {"preferences": {"level": "Level2"}}) == (
        "charging.preferences.level is not supported"
    )


@pytest.mark.parametrize("odd", [None, 7, "x", [], {"size": "two"}, {"size": True}])
def test_parameters_of_another_form_refuse_nothing(odd: Any) -> None:
    for parameters in (odd, {"programs": odd, "immediate": odd, "schedule": odd, "preferences": odd}):
        document = {"remote": {key: {"parameters": parameters} for key in ("charging", "preconditioning")}}
        assert words_of(document, "Preconditioning", climate(immediate=True, programs=[SLOT, SLOT])) is None
        assert words_of(document, "Charging", {"immediate": True, "schedule": {"programs": [SLOT]}}) is None
        assert words_of(document, "Charging", {"preferences": {"level": "Level1", "type": "Full"}}) is None


STATES = [
    {"parameters": {"state": ["Activated"]}},
    {"parameters": {"states": ["ACTIVATED"]}},
    {"parameters": {"state": {"values": ["Activated"]}}},
    {"parameters": {"state": {"enum": ["Activated"]}}},
    {"parameters": {"state": {"Activated": True, "Unactivated": False}}},
    {"parameters": {"possibleStates": ["On"]}},
    {"parameters": ["Activated"]},
    {"states": ["Activated"]},
]


@pytest.mark.parametrize("told", STATES, ids=str)
def test_the_states_of_the_horn_are_read_however_a_cloud_says_them(told: Any) -> None:
    document = {"remote": {"horn": {"supported": True, "scopeName": "remote:horn:write", **told}}}
    assert allowed(document, "Horn") == {"state": {"values": ["Activated"]}}
    assert words_of(document, "Horn", {"state": "Activated"}) is None
    assert words_of(document, "Horn", {"state": "Unactivated"}) == (
        "horn.state is not supported with Unactivated; allowed is: Activated"
    )


@pytest.mark.parametrize("beyond", [10**400, -(10**400), "P9999999999D", "P" + "9" * 400 + "Y", "PT" + "9" * 30 + "S"])
def test_a_bound_beyond_all_measure_bounds_nothing(beyond: Any) -> None:
    document = {"remote": {"lights": {"parameters": {"duration": {"min": beyond, "max": beyond}}}}}
    assert words_of(document, "Lights", {"on": True, "duration": "PT60S"}) is None
    document = {"remote": {"lights": {"parameters": {"duration": {"max": "PT1M"}}}}}
    assert words_of(document, "Lights", {"on": True, "duration": beyond}) is None


@pytest.mark.parametrize("told", [["state", "number"], [], ["Loud"], [{}], "Activated", 3, {"values": "Activated"}])
def test_states_that_are_not_understood_take_nothing_away(told: Any) -> None:
    document = {"remote": {"horn": {"supported": True, "parameters": {"state": told}}, "door": {"parameters": told}}}
    assert allowed(document, "Horn") == {}
    for name in ("Horn", "Locking"):
        for command in REMOTE_TYPES[name].commands:
            assert words_of(document, name, command.payload) is None


def test_lights_are_on_and_off_in_any_words() -> None:
    for told in (["Activated"], [True], ["on"], {"activated": True, "unactivated": False}):
        assert allowed({"remote": {"lights": {"parameters": {"state": told}}}}, "Lights") == {"on": {"values": [True]}}
    document = {"remote": {"lights": {"parameters": {"state": ["Activated"], "duration": {"max": "PT1M"}}}}}
    assert words_of(document, "Lights", {"on": False}) == "lights.on is not supported with false; allowed is: true"
    assert words_of(document, "Lights", {"on": True, "duration": "PT60S"}) is None
    assert words_of(document, "Lights", {"on": True, "duration": "PT61S"}) == (
        "lights.duration is PT61S; allowed is PT1M at the most"
    )


V1_DOCUMENT: dict[str, Any] = {
    "remote": {
        "preconditioning": {
            "supported": True,
            "parameters": {"programs": {"size": 2, "temperature": {"min": 16, "max": 26}}, "immediate": True},
        },
        "charging": {
            "supported": True,
            "parameters": {
                "schedule": {
                    "programs": {
                        "supported": True,
                        "size": 2,
                        "occurrence": False,
                        "minChargingLevel": False,
                        "maxChargingLevel": {"minimum": 50, "maximum": 90},
                    }
                },
                "preferences": {"level": ["Level1", "Level2"], "type": True},
            },
        },
        "horn": {"supported": True, "parameters": {"number": {"max": 3}}},
        "navigation": {"supported": True, "parameters": {"positions": {"size": 1}}},
        "tanSuppress": {"supported": False},
    }
}


def warm(slot: int, **more: Any) -> dict[str, Any]:
    return {**SLOT, "slot": slot, **more}


@pytest.mark.parametrize(
    ("name", "payload", "words"),
    [
        (
            "Preconditioning",
            climate(programs=[warm(1), warm(2, temp=27)]),
            "preconditioning.airConditioning.programs[1].temp is 27; allowed is 16 to 26",
        ),
        (
            "Preconditioning",
            climate(programs=[warm(3)]),
            "preconditioning.airConditioning.programs[0].slot is 3; this vehicle has the slots 1 to 2",
        ),
        ("Charging", {"schedule": {"programs": [SLOT]}}, "charging.schedule.programs[0].occurence is not supported"),
        (
            "Charging",
            {"schedule": {"programs": [{"slot": 1, "start": "PT7H", "minChargingLevel": 20, "maxChargingLevel": 95}]}},
            "charging.schedule.programs[0].maxChargingLevel is 95; allowed is 50 to 90",
        ),
        (
            "Charging",
            {"preferences": {"level": "Level5"}},
            "charging.preferences.level is not supported with Level5; allowed is: Level1, Level2",
        ),
        ("Horn", {"state": "Activated", "number": 4}, "horn.number is 4; allowed is 3 at the most"),
        ("Navigation", {"positions": [{}, {}]}, "navigation.positions has 2 items; 1 at the most"),
        ("Tan", {"suppress": {"state": True}}, "tan.suppress is not supported"),
    ],
)
def test_what_is_outside_is_refused_with_what_is_allowed(name: str, payload: Any, words: str) -> None:
    assert words_of(V1_DOCUMENT, name, payload) == words


@pytest.mark.parametrize(
    ("name", "payload"),
    [
        (
            "Preconditioning",
            climate(programs=[warm(1, temp=16), warm(2, temp=26), {"slot": 4, "actionsType": "Delete"}]),
        ),
        ("Charging", {"schedule": {"programs": [{"slot": 2, "minChargingLevel": 0, "maxChargingLevel": 50}]}}),
        ("Charging", {"schedule": {"programs": [{"slot": 1, "start": "PT7H", "occurence": {"day": []}}]}}),
        ("Charging", {"preferences": {"level": "Level2", "type": "Full"}}),
        ("Horn", {"state": "Activated", "number": 3}),
        ("Navigation", {"positions": [{}]}),
        ("Tan", {"confirm": {"state": False}}),
    ],
)
def test_what_is_inside_is_not(name: str, payload: Any) -> None:
    assert words_of(V1_DOCUMENT, name, payload) is None


def test_what_is_allowed_is_told_in_plain_values() -> None:
    assert allowed(V1_DOCUMENT, "Preconditioning") == {
        "airConditioning.programs": {"size": 2},
        "airConditioning.programs[].temp": {"min": 16, "max": 26},
    }
    assert allowed(V1_DOCUMENT, "Tan") == {"suppress": {"supported": False}}
    assert allowed(DOCUMENT, "Charging") == {
        "immediate": {"values": [True]},
        "schedule.programs": {"size": 1},
        "schedule.nextDelayedTime": {"supported": False},
        "nextDelayedTime": {"supported": False},
        "preferences.type": {"supported": False},
    }
    assert allowed({}, "Charging") == {}
