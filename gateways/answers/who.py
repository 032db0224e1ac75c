"""Who has refused a request: our own credentials, what stands in front of the API, or the API itself.

Plain functions of an answer. In doubt it is not the API: its verdict ends an action and says that a thing is gone, so
it must be written as the API writes one.
"""

import re

from gateways.answers.shapes import Body, Shape, api_code, read
from gateways.bounded import Answer
from gateways.interface import Source
from gateways.masking import Masking
from gateways.words import words

# Refusals of the request as it is written: whoever says so, it would be refused again.
_OF_THE_REQUEST = (400, 409, 422)
# What gateways and servers in front write about who is asking; a server says 400 where it wants a certificate.
_ABOUT_US = re.compile(
    r"client.?(id|secret|cert)|api.?key|credential|certificate|(invalid|expired|missing|no|bad) (access.)?token",
    re.IGNORECASE,
)
_SCOPE = re.compile(r"insufficient_scope|\bscopes?\b", re.IGNORECASE)
# A server or proxy in front that refuses with one of these has passed nothing on. Others of 4xx are also said by one
# that has (408, 499: it waited for the API, and gave up).
_NOT_PASSED_ON = {*range(400, 408), *range(410, 418), 421, 422, 426, 428, 429, 431, 451}

_NOBODY = Masking()


def source(answer: Answer) -> Source:
    """Who has answered that it is not as it should be: any status but a good one, or a page in place of a document."""
    body = read(answer.headers, answer.content)
    if answer.status == 401 or (api_code(body.document) or 0) // 100 == 401:
        return Source.CREDENTIALS
    if body.shape is Shape.API or lacks_scope(answer, body):
        return Source.API
    if answer.status in (400, 403) and _is_about_us(answer, body):
        return Source.CREDENTIALS
    is_page = body.shape in (Shape.PAGE, Shape.GATEWAY)
    is_of_the_api = answer.status in _OF_THE_REQUEST or answer.status >= 500
    return Source.API if is_of_the_api and not is_page else Source.GATEWAY


def lacks_scope(answer: Answer, body: Body | None = None) -> bool:
    """Whether our token does not allow this request, whoever has looked at it; others may go (RFC 6750, 3.1)."""
    if answer.status != 403:
        return False
    body = body or read(answer.headers, answer.content)
    return body.shape not in (Shape.PAGE, Shape.TEXT) and _SCOPE.search(words(answer, _NOBODY)) is not None


def has_reached_nobody(answer: Answer) -> bool:
    """Whether what was refused in front of the API has surely not come to it."""
    return answer.status in _NOT_PASSED_ON


def _is_about_us(answer: Answer, body: Body) -> bool:
    if body.shape is Shape.OAUTH:
        return True
    is_in_front = body.shape in (Shape.GATEWAY, Shape.PAGE, Shape.TEXT) or answer.status == 403
    return is_in_front and _ABOUT_US.search(words(answer, _NOBODY)) is not None
