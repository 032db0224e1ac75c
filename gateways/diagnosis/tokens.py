"""What a token endpoint's answer to a test says, and what is said where the API then does not list the vehicles."""

from datetime import datetime
from urllib.parse import urlsplit

from gateways import tokens
from gateways.bounded import Answer
from gateways.diagnosis import codes, token_codes, verdicts
from gateways.diagnosis.asking import said_by
from gateways.diagnosis.step import Found, Wrong
from gateways.interface import Account, GatewayError, NotAccepted, Refused, Source
from gateways.masking import Masking
from gateways.tokens import Token
from gateways.words import where
from protocol.v1 import scopes
from protocol.why import Value, Why

# Errors of RFC 6749, 5.2, that are about the client and what it may have.
_CLIENT, _SCOPE = ("invalid_client", "invalid_request"), "invalid_scope"
_GRANT = ("unauthorized_client", "unsupported_grant_type", "invalid_grant", "access_denied")
_NOT_THERE = (404, 405, 410)


def read(answer: Answer, account: Account, began: datetime, masking: Masking) -> Token:
    """The token in the answer. Raises Wrong."""
    if not 200 <= answer.status < 300:
        raise Wrong(_refused(answer, account, masking))
    try:
        return tokens.read_token(answer, account, began, masking)
    except NotAccepted as error:
        raise Wrong(_without(answer, account, tokens.hiding(answer, masking), error)) from error


def found(token: Token, account: Account) -> Found:
    """What the token is good for: the scopes that lack are to be known, and stop nothing."""
    seconds = round((token.expires_at - token.obtained_at).total_seconds())
    missing = [name for name in tokens.asked_scopes(account) if not scopes.has(token.scopes, name)]
    if missing:
        return Found(None, Why(token_codes.SCOPES_MISSING, seconds=seconds, scopes=", ".join(missing)))
    return Found(True, Why(token_codes.TOKEN_FINE, seconds=seconds))


def counted(number: int) -> Found:
    """So many vehicles are listed."""
    if number == 0:
        return Found(None, Why(token_codes.VEHICLES_NONE))
    one = Why(token_codes.VEHICLES_ONE)
    return Found(True, one if number == 1 else Why(token_codes.VEHICLES_LISTED, number=number))


def not_listed(error: GatewayError, account: Account) -> Why:
    """Why the vehicles can't be listed with a token that was given."""
    path = urlsplit(account.base_url).path.rstrip("/") or "/"
    status = error.status if isinstance(error, Refused) else error.why.values.get("status")
    words: Value = error.words.rstrip(".") if isinstance(error, Refused) else Why(codes.NOTHING_SAID)
    if status == 401:
        return Why(token_codes.API_REFUSES_TOKEN, words=words)
    if status == 404:
        return Why(token_codes.NO_VEHICLES_THERE, path=path, words=words)
    if isinstance(error, Refused) and status == 403:
        in_front = error.source is Source.GATEWAY
        return Why(codes.REFUSED_403_PAGE if in_front else codes.REFUSED_403, words=words)
    return Why(token_codes.VEHICLES_UNREAD, why=error.why)


def _refused(answer: Answer, account: Account, masking: Masking) -> Why:
    said: dict[str, Value] = {"status": str(answer.status), "words": said_by(answer, masking)}
    if 300 <= answer.status < 400 and (url := where(answer, masking)):
        return Why(token_codes.TOKEN_REDIRECT, url=url, status=str(answer.status))
    if answer.status in _NOT_THERE:
        return Why(token_codes.NO_ENDPOINT, path=urlsplit(account.token_url).path or "/", **said)
    if answer.is_refusal and tokens.refuser(answer) is Source.CREDENTIALS:
        return _not_us(tokens.error_of(answer), account, said)
    if answer.status == 403:
        return Why(codes.REFUSED_403_PAGE, words=said["words"])
    if answer.is_refusal and answer.status != 429:
        return Why(token_codes.TOKEN_REFUSED_OTHER, **said)
    return verdicts.not_answered(answer, said)


def _not_us(error: str, account: Account, said: dict[str, Value]) -> Why:
    if error == _SCOPE:
        return Why(token_codes.SCOPES_REFUSED, scopes=" ".join(tokens.asked_scopes(account)), **said)
    if error in _GRANT:
        return Why(token_codes.GRANT_REFUSED, **said)
    if error in _CLIENT:
        return Why(token_codes.SECRET_REFUSED if account.client_secret else token_codes.CLIENT_REFUSED, **said)
    return Why(token_codes.TOKEN_REFUSED_OTHER, **said)


def _without(answer: Answer, account: Account, masking: Masking, error: NotAccepted) -> Why:
    unread = verdicts.unread(answer, account, masking)
    if isinstance(unread, Why):
        return unread
    if unread and "access_token" not in unread:
        return Why(token_codes.NO_TOKEN_IN_IT, keys=", ".join(unread))
    inner = error.why.values.get("why")
    return Why(token_codes.TOKEN_STRANGE, why=inner if inner is not None else error.why)
