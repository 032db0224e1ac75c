"""Collections of v1: 100 entries a page, 500 at the most; a page token stands alone (connected-car-v1.yaml)."""

from functools import partial

from api.rest import hal

PAGING = hal.Paging(usual=100, most=500, token_alone=True)

collection = partial(hal.collection, paging=PAGING)
