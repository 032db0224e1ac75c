"""Collections of v3: 60 entries a page, which is the most too."""

from functools import partial

from api.rest import hal

PAGING = hal.Paging(usual=60, most=60)

collection = partial(hal.collection, paging=PAGING)
