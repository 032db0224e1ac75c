"""Lists that people take away as CSV: sent line by line, and in the audit stands who took which, and how much of it."""

from collections.abc import Iterator, Mapping
from datetime import tzinfo

from django.http import StreamingHttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header

from console.requests import PageRequest
from fleets.audit.entries import About, Origin, person, record_exported


def download(
    request: PageRequest, lines: Iterator[str], filename: str, *, about: About, what: str
) -> StreamingHttpResponse:
    """The file; `lines` begin with the titles. `what` says in English what list it is, for the audit."""
    shown = _by_clocks(timezone.get_current_timezone(), lines)
    response = StreamingHttpResponse(_told(request, shown, about, what), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = str(content_disposition_header(as_attachment=True, filename=filename))
    return response


def _by_clocks(zone: tzinfo, lines: Iterator[str]) -> Iterator[str]:
    """The lines as they are made by the clocks of the page; they are made when the request is over."""
    while True:
        with timezone.override(zone):
            line = next(lines, None)
        if line is None:
            return
        yield line


def _told(request: PageRequest, lines: Iterator[str], about: About, what: str) -> Iterator[str]:
    """The lines; the entry is written once the last one has gone, or the reader: what was sent by then counts."""
    sent, is_whole = 0, False
    try:
        for line in lines:
            sent += 1
            yield line
        is_whole = True
    finally:
        document = {"filter": _filter(request), "rows": max(0, sent - 1), "whole": is_whole}
        record_exported(about, what, actor=person(request.user), origin=Origin.PAGE, document=document)


def _filter(request: PageRequest) -> Mapping[str, str]:
    """The parameters of the address, which narrow the list."""
    return {name: ", ".join(values) for name, values in request.GET.lists() if any(values)}
