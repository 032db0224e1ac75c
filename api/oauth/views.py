"""The token endpoint of v1: /as/token.oauth2 (RFC 6749, 4.4)."""

from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt

from api.oauth.errors import ERRORS
from api.oauth.server import SERVER, TokenRequest

FORM = "application/x-www-form-urlencoded"
MAX_BYTES = 16 * 1024
_MAX_FIELDS = 50


class _BadForm(Exception):
    """The body is no form that can be read."""


# No cookie says who asks, so that no other site's form can ask in anybody's name.
@csrf_exempt
def token(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _refusal(405, "A token is asked for by POST.", Allow="POST")
    try:
        asked = TokenRequest(_fields(request), request.headers, request.META)
    except _BadForm as error:
        return _refusal(400, str(error))
    answer: HttpResponse = SERVER.create_token_response(asked)
    for name, value in (asked.standing.headers() if asked.standing else {}).items():
        answer[name] = value
    return answer


def _fields(request: HttpRequest) -> dict[str, str]:
    """The fields of the form; those without a value are left out, as the RFC has it. Raises _BadForm."""
    if request.content_type != FORM:
        raise _BadForm(f"The body must be {FORM}.")
    body = request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        raise _BadForm(f"The body is longer than {MAX_BYTES} bytes.")
    try:
        pairs = parse_qsl(body.decode(), max_num_fields=_MAX_FIELDS, errors="strict")
    except ValueError:
        raise _BadForm("The body can't be read as a form in UTF-8.") from None
    fields = dict(pairs)
    if len(fields) < len(pairs):
        raise _BadForm("A field stands in the form twice.")
    return fields


def _refusal(status: int, words: str, **headers: str) -> HttpResponse:
    return JsonResponse(ERRORS.body(status, words), status=status, headers={"Cache-Control": "no-store", **headers})
