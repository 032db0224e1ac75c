"""What every endpoint of v3 is."""

from api.rest.views import ApiView
from api.v3.errors import ERRORS


class V3View(ApiView):
    error_shape = ERRORS
