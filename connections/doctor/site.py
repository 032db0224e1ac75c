"""Our own address, as the manufacturer's clouds and people have it."""

from collections.abc import Iterator

from django.conf import settings

from connections import codes
from connections.calendar import served
from connections.doctor.finding import Finding
from connections.stages.diagnosing import way_back
from fleets.models import Gateway
from fleets.reach import cannot_call_back
from protocol.why import Why

# From where everything can be reached that this computer can: so the address is asked, whatever it is.
_HERE = "http://127.0.0.1"


def public_url() -> Iterator[Finding]:
    ok, why = way_back(_HERE)
    yield Finding("public-url", ok, str(why))


def reached_from_clouds() -> Iterator[Finding]:
    for gateway in filter(cannot_call_back, Gateway.objects.only("name", "base_url")):
        yield Finding(f"{gateway}/public-url", None, str(Why(codes.BACK_INSIDE, url=settings.PUBLIC_URL)))


def site_certificate() -> Iterator[Finding]:
    """Reads it anew; what is read is judged with all that ends."""
    kept = served.read()
    if kept is not None and kept.why is not None:
        yield Finding("site-certificate", False, str(kept.why))
