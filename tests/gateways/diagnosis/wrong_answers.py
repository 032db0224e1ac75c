"""Answers that are wrong: to our credentials, and to the request for the fleets."""

import json
from threading import Event
from typing import Any

from tests.gateways.diagnosis.cases import CLIENT_ID, FINE, FLEETS, PASSWORD, Case, answered
from tests.tls.servers import Answering, answer

JSON = "application/json"
HTML = "text/html; charset=utf-8"


def told(http: int, /, **document: Any) -> bytes:
    return answer(http, json.dumps(document), Content_Type=JSON)


def page(status: int, title: str, **headers: str) -> bytes:
    return answer(status, f"<!doctype html><title>{title}</title><body></body>", Content_Type=HTML, **headers)


def only_at(path: str) -> Answering:
    """The API is there, and nowhere else."""
    nowhere = told(404, httpCode="404", httpMessage="Not Found", moreInformation="No resources match.")
    return lambda asked: FINE if asked.startswith(f"GET {path}/fleets?".encode()) else nowhere


def silence(_asked: bytes) -> bytes:
    Event().wait(3)
    return b""


def half(_asked: bytes) -> bytes:
    return FINE[:-9]


NO_API = "The cloud's answer is not a list of fleets; it holds: {}. Check the address."
AGAIN = "Try again, then tell the manufacturer."

CASES = {
    "401 of the API": Case(
        "credentials",
        "The cloud does not accept user name and password (HTTP 401: Bad credentials). Check both, then ask the "
        "manufacturer.",
        answered(told(401, code=40101, uuid="u", message="Bad credentials.", timestamp="2026-01-01T00:00:00Z")),
    ),
    "401 that repeats our secrets": Case(
        "credentials",
        "The cloud does not accept user name and password (HTTP 401: fleetremote:***?). Check both, then ask the "
        "manufacturer.",
        answered(told(401, code=40101, message=f"fleetremote:{PASSWORD}?")),
    ),
    "401 without a user name": Case(
        "credentials",
        "The cloud wants a user name and a password, and none is given (HTTP 401: no reason given). Enter them.",
        answered(answer(401), username="", password=""),
    ),
    "401 of the gateway in front, about the client": Case(
        "credentials",
        "The cloud does not accept our client_id (HTTP 401: Unauthorized: Invalid client id or secret). Check it, then "
        "ask the manufacturer.",
        answered(told(401, httpCode="401", httpMessage="Unauthorized", moreInformation="Invalid client id or secret.")),
    ),
    "401 that wants a token": Case(
        "credentials",
        "The cloud wants a token, not user name and password (HTTP 401: invalid_token). Check that the address is that "
        "of the API that was chosen.",
        answered(answer(401, '{"error": "invalid_token"}', WWW_Authenticate='Bearer realm="v1"', Content_Type=JSON)),
    ),
    "letters that can't be sent": Case(
        "credentials",
        "User name or password holds letters that can't be sent. Check that they are the right ones.",
        answered(FINE, password="пароль"),
    ),
    "403 of the API": Case(
        "credentials",
        "The cloud knows us but does not let us use this API (HTTP 403: Subscription missing). Ask the manufacturer to "
        "enable it for this account.",
        answered(told(403, code=40301, message="Subscription missing.")),
    ),
    "403 about the client": Case(
        "credentials",
        "The cloud does not accept our client_id (HTTP 403: Client ID not registered). Check it, then ask the "
        "manufacturer.",
        answered(told(403, code=40302, message="Client ID not registered.")),
    ),
    "403 of a firewall": Case(
        "credentials",
        "Something in front of the API refuses us with a page (HTTP 403: Access Denied). Ask the manufacturer whether "
        "this computer's public IP address must be allowed there; it may also be a proxy of your own.",
        answered(page(403, "Access Denied")),
    ),
    "400 about the client": Case(
        "credentials",
        "The cloud does not accept our client_id (HTTP 400: client_id is not a UUID). Check it, then ask the "
        "manufacturer.",
        answered(told(400, code=40001, message="client_id is not a UUID")),
    ),
    "address without a version": Case(
        "fleets",
        "There is no API at /fleet-owner (HTTP 404: No such page). The address ends with the version, such as "
        "/connectedcar/v3.",
        answered(answer(404, "No such page"), path="/fleet-owner"),
    ),
    "address with another path": Case(
        "fleets",
        "There is no API at /connectedcar/v4, but it answers at https://127.0.0.1:{port}/connectedcar/v3. Enter that "
        "address.",
        answered(only_at("/connectedcar/v3"), path="/connectedcar/v4"),
    ),
    "address that goes too far": Case(
        "fleets",
        "The address goes too far: it ends with the version. Try https://127.0.0.1:{port}/b2b/connectedcar/v3.",
        answered(answer(404), path="/b2b/connectedcar/v3/fleets"),
    ),
    "address of another API": Case(
        "fleets",
        "There are no fleets at /connectedcar/v3 (HTTP 404: Not Found: No resources match). Ask the manufacturer for "
        "the address of the API.",
        answered(only_at("/nowhere")),
    ),
    "redirect": Case(
        "fleets",
        "The cloud sends us elsewhere: to https://login.example.com/start (HTTP 302). Our credentials are not sent "
        "there. If that is the API, enter its address.",
        answered(page(302, "Found", Location=f"https://login.example.com/start?client_id={CLIENT_ID}")),
    ),
    "redirect to nowhere": Case(
        "fleets",
        "The cloud sends us elsewhere and does not say where (HTTP 301). Check the address.",
        answered(answer(301)),
    ),
    "log-in page": Case(
        "fleets",
        "A web page came instead of the API's answer: “Welcome to Hotel WiFi”. Mostly it is a log-in page or a proxy "
        "in between. Check the address, and whether this computer may reach the internet without logging in.",
        answered(page(200, "Welcome to Hotel WiFi")),
    ),
    "HTML 502": Case(
        "fleets",
        "The cloud has an error of its own (HTTP 502: 502 Bad Gateway). Try again later, then tell the manufacturer.",
        answered(page(502, "502 Bad Gateway")),
    ),
    "500 without words": Case(
        "fleets",
        "The cloud has an error of its own (HTTP 500: no reason given). Try again later, then tell the manufacturer.",
        answered(answer(500)),
    ),
    "429": Case(
        "fleets",
        "The cloud takes no more requests of this account for now (HTTP 429: Too many requests). Try again in 17 "
        "seconds.",
        answered(answer(429, '{"message": "Too many requests."}', Retry_After="17", Content_Type=JSON)),
    ),
    "another refusal": Case(
        "fleets",
        "The cloud refuses to list our fleets (HTTP 422: pageSize is missing). Ask the manufacturer.",
        answered(told(422, code=42200, message="pageSize is missing")),
    ),
    "a status that says nothing": Case(
        "fleets", "The cloud answered HTTP 102, which says nothing. Check the address.", answered(answer(102))
    ),
    "another JSON": Case("fleets", NO_API.format("status, version"), answered(told(200, status="ok", version=3))),
    "a list in JSON": Case("fleets", NO_API.format("list"), answered(answer(200, "[1]", Content_Type=JSON))),
    "no JSON": Case(
        "fleets",
        "The cloud's answer can't be read as JSON: “It works!”. Check the address.",
        answered(answer(200, "It works!", Content_Type="text/plain")),
    ),
    "nothing": Case("fleets", "The cloud's answer is empty. Check the address.", answered(answer(200))),
    "a list that is not whole": Case(
        "fleets",
        "The list of fleets is not whole. The manufacturer's cloud listed 1 fleets, and says that there are 5. "
        + AGAIN,
        answered(answer(200, FLEETS.replace('"total": 1', '"total": 5'), Content_Type=JSON)),
    ),
    "an answer that breaks off": Case(
        "fleets", f"The cloud cut the connection before it had answered. {AGAIN}", answered(half)
    ),
    "a cut connection": Case(
        "fleets", f"The cloud cut the connection before it had answered. {AGAIN}", answered(lambda _: b"")
    ),
    "too much": Case(
        "fleets",
        "The cloud's answer is too large: more than 2,000 bytes. Check the address.",
        answered(answer(200, json.dumps({"x": "y" * 5_000}), Content_Type=JSON), largest_answer=2_000),
    ),
    "silence": Case(
        "fleets",
        "The cloud did not answer in time. Try again later, then tell the manufacturer.",
        answered(silence, total_timeout=0.5),
    ),
}
