"""The Connected Car API v1, as published in connected-car-v1.yaml, with extensions that are marked as such."""
