"""The stages that only look: whether we reach the cloud and are let in, and whether it reaches us."""

import secrets

import requests
from django.conf import settings
from django.core.signing import Signer
from django.urls import reverse

from connections import codes, names
from connections.draft import account, may_use_http
from connections.stages.pace import Pace
from connections.stages.stage import End
from connections.steps import Notes
from fleets.reach import unreachable_from
from gateways import diagnosis
from gateways.bounded import Limits, adapter, fetch
from gateways.interface import Account, GatewayError
from gateways.tls import context
from protocol.ids import id_text
from protocol.why import Why

# Seconds and bytes of the question whether PUBLIC_URL leads back.
_BACK = Limits(connect=5.0, read=5.0, total=10.0, size=4 * 1024)
_signer = Signer(salt="connections.back")


def diagnose(notes: Notes) -> End:
    """Try the account (gateways/diagnosis), and keep which fleets it lists."""
    connection = notes.connection
    used = account(connection)
    for step in diagnosis.steps(used, allow_http=may_use_http(connection)):
        if step.name == names.DIAGNOSIS[-1]:
            # Kept before the last step is over, since whoever goes on from there needs it.
            notes.begin(step.name)
            try:
                connection.found_fleets = _fleets(used)
            except GatewayError as error:
                notes.end(step.name, False, error.why)
                return End.FAILED
            connection.save(update_fields=["found_fleets", "updated_at"])
        notes.end(step.name, step.ok, step.why)
        if step.ok is False:
            return End.FAILED
    return End.DONE


def _fleets(used: Account) -> list[dict[str, str]]:
    found = []
    for item in Pace().client(used).fleets():
        fleet_id = (id_text(item.get("id")) or "").strip()
        name = item.get("name")
        if fleet_id:
            found.append({"id": fleet_id, "name": name.strip()[:100] if isinstance(name, str) else ""})
    return found


def look_for_way_back(notes: Notes) -> End:
    """Whether PUBLIC_URL leads back to us. Where it does not, all works by asking, so nobody is kept from going on."""
    ok, why = way_back(notes.connection.base_url)
    notes.end(names.PUBLIC_URL, ok, why)
    return End.DONE


def way_back(base_url: str) -> tuple[bool | None, Why]:
    """Ask for a page of ours at PUBLIC_URL that nobody else can answer; `base_url` is the cloud that is to reach us."""
    url = settings.PUBLIC_URL
    if unreachable_from(url, base_url):
        return None, Why(codes.BACK_INSIDE, url=url)
    nonce = secrets.token_hex(16)
    nobody = Account(dialect="", base_url=url, client_id="", username="", password="")
    try:
        with requests.Session() as session:
            session.trust_env = False
            session.mount("https://", adapter(lambda: context(nobody)))
            session.mount("http://", adapter(lambda: context(nobody)))
            request = session.prepare_request(requests.Request("GET", url + reverse("back", args=[nonce])))
            answer = fetch(session, request, _BACK)
    except requests.RequestException as error:
        return False, _why_not_back(url, error)
    if 300 <= answer.status < 400:
        return False, Why(codes.BACK_REDIRECT, url=url, location=(answer.header("Location") or "-")[:200])
    if answer.status != 200 or answer.content.decode("utf-8", "replace") != answer_to(nonce):
        return False, Why(codes.BACK_OTHER, url=url, status=answer.status)
    is_open = url.startswith("https://") or unreachable_from(url, "https://example.com")
    return (True, Why(codes.BACK, url=url)) if is_open else (None, Why(codes.BACK_HTTP, url=url))


def answer_to(nonce: str) -> str:
    """What we, and nobody else, answer to this nonce."""
    return _signer.signature(nonce)


def _why_not_back(url: str, error: requests.RequestException) -> Why:
    text = str(error)
    if "CERTIFICATE_VERIFY_FAILED" in text or "SSLCertVerificationError" in text:
        reason = text.split("verify failed: ")[-1].split(" (_ssl")[0]
        return Why(codes.BACK_TLS, url=url, why=reason[:200])
    if "getaddrinfo" in text or "NameResolution" in text or "Name or service" in text:
        return Why(codes.BACK_NO_NAME, url=url)
    return Why(codes.BACK_NO_ANSWER, url=url)
