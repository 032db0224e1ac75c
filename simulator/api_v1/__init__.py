"""The Connected Car API v1 of the stand-in cloud, beside the Fleet Owner API v3 in simulator/api."""
