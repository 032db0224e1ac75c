"""Limits can be set while the simulator runs."""

from tests.simulator.driving import Simulator


def test_limits_are_set_and_counted_from_then_on(simulator: Simulator):
    assert simulator.get("/simulator/limits") == {"day": 0, "burst": 0, "taken": 0, "refused": 0}
    simulator.call("PUT", "/simulator/limits", {"day": 2})
    answers = [simulator.call("GET", "/fleets") for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].headers["X-RateLimit-Limit-1"] == "2"
    assert simulator.get("/simulator/limits") == {"day": 2, "burst": 0, "taken": 2, "refused": 1}
    assert simulator.call("PUT", "/simulator/limits", {}).json() == {"day": 0, "burst": 0, "taken": 0, "refused": 0}
    assert "X-RateLimit-Limit-1" not in simulator.call("GET", "/fleets").headers


def test_limits_that_are_none_are_refused(simulator: Simulator):
    for wanted in ({"burst": -1}, {"burst": "2"}, {"second": 2}, "2"):
        assert simulator.call("PUT", "/simulator/limits", wanted).status_code == 400
