"""The access token of each gateway whose dialect needs one: kept once for all workers, asked for by one of them."""
