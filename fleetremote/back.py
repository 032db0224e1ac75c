"""A page by which we know ourselves: whoever fetches it through PUBLIC_URL sees whether that leads back to us."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from connections.stages.diagnosing import answer_to


@require_safe
@never_cache
def back(request: HttpRequest, nonce: str) -> HttpResponse:
    return HttpResponse(answer_to(nonce[:64]), content_type="text/plain")
