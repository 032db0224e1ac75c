"""Reads query parameters by the schemas with which an endpoint describes them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import cast

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from api.rest.docs import query
from api.rest.errors import ApiError
from api.rest.shapes import TIME, Schema
from protocol.errors import Invalid
from protocol.schema import check
from protocol.storable import check_storable

SINCE = query("since", TIME, "From this time on: RFC 3339 with its zone, a + written as %2B.")
UNTIL = query("until", TIME, "Before this time: RFC 3339 with its zone, a + written as %2B.")


def queried(request: Request, parameters: Sequence[OpenApiParameter]) -> dict[str, str]:
    """Those of the parameters that were sent, the last of each; raises a 400 for one that its schema does not allow."""
    found = {item.name: request.query_params[item.name] for item in parameters if item.name in request.query_params}
    try:
        for item in parameters:
            if item.name in found:
                check_storable(found[item.name], item.name)
                check(cast(Schema, item.type), found[item.name], item.name)
    except Invalid as error:
        raise ApiError(400, str(error)) from None
    return found


def read_time(text: str) -> datetime:
    """The time of a text that was found to be one (RFC 3339), in UTC; the nearest to one beyond the years 1 to 9999."""
    time = datetime.fromisoformat(text.upper())
    try:
        return time.astimezone(UTC)
    except OverflowError:
        return (datetime.min if time.year == 1 else datetime.max).replace(tzinfo=UTC)
